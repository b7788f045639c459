//! Which part of the picture an area shows, and where.

use ratatui::layout::Rect;

use super::canvas::Canvas;

/// The part of the picture that an area shows.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    from: (i32, i32),
    to: (i32, i32),
    size: (i32, i32),
    width: i32,
}

impl Window {
    /// Clips an area to the picture: the middle columns, the lowest rows; `None` when nothing shows.
    pub fn new(area: Rect, base: &Canvas) -> Option<Self> {
        let (width, height) = (base.width(), base.height());
        let (w, h) = (i32::from(area.width), i32::from(area.height));
        let size = (w.min(width), h.min(height));
        let visible = size.0 > 0 && size.1 > 0;
        visible.then(|| Self {
            from: ((width - size.0) / 2, height - size.1),
            to: (i32::from(area.x) + (w - size.0) / 2, i32::from(area.y) + h - size.1),
            size,
            width,
        })
    }

    /// Start in the picture, start in the buffer, columns: one for each row.
    pub fn rows(&self) -> impl Iterator<Item = (usize, (u16, u16), usize)> {
        (0..self.size.1).map(|row| {
            let from = (self.from.1 + row) * self.width + self.from.0;
            (from as usize, (self.to.0 as u16, (self.to.1 + row) as u16), self.size.0 as usize)
        })
    }

    /// Where a cell of the picture is in the buffer.
    pub fn place(&self, index: i32) -> Option<(u16, u16)> {
        let (x, y) = (index % self.width - self.from.0, index / self.width - self.from.1);
        let inside = x >= 0 && y >= 0 && x < self.size.0 && y < self.size.1;
        inside.then(|| ((self.to.0 + x) as u16, (self.to.1 + y) as u16))
    }
}
