//! Roles: what a cell of the screen means, before anyone decides its colour.

/// Declares the roles with the names the palette file gives them.
macro_rules! roles {
    ($($role:ident $name:literal),* $(,)?) => {
        /// What a cell means. The palette gives each role a colour per theme, a 16-colour name and a grey tone.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Role { $(#[doc = concat!("`", $name, "` in `palette.yaml`.")] $role),* }

        impl Role {
            /// Every role, in the order of the palette file.
            pub const ALL: &'static [Self] = &[$(Self::$role),*];

            /// The role's name in the palette file.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$role => $name),* }
            }
        }
    };
}

roles! {
    WallLit "wall_lit",
    Wall "wall",
    WallShade "wall_shade",
    WallDeep "wall_deep",
    Brick "brick",
    BrickDeep "brick_deep",
    Roof "roof",
    RoofDeep "roof_deep",
    Steel "steel",
    SteelDeep "steel_deep",
    Stone "stone",
    StoneDeep "stone_deep",
    Glass "glass",
    GlassHi "glass_hi",
    Wood "wood",
    Dark "dark",
    Leaf "leaf",
    LeafDeep "leaf_deep",
    Trunk "trunk",
    Outline "outline",
    Shadow "shadow",
    Asphalt "asphalt",
    AsphaltFar "asphalt_far",
    LaneMark "lane_mark",
    Pavement "pavement",
    Kerb "kerb",
    Ground "ground",
    GroundDeep "ground_deep",
    Water "water",
    WaterHi "water_hi",
    Tyre "tyre",
    Car "car",
    CarDeep "car_deep",
    Bus "bus",
    BusDeep "bus_deep",
    TailLight "tail_light",
    HeadLight "head_light",
    SignPaper "sign_paper",
    SignInk "sign_ink",
    SignDim "sign_dim",
    SignEdge "sign_edge",
    NotePaper "note_paper",
    NoteInk "note_ink",
    NoteDim "note_dim",
    Resource "resource",
    SignText "sign_text",
    LampOff "lamp_off",
    LampOn "lamp_on",
    Act "act",
    ActDeep "act_deep",
    Measure "measure",
    MeasureDeep "measure_deep",
    State "state",
    StateDeep "state_deep",
    Route "route",
    RouteDeep "route_deep",
    Do "do",
    DoDeep "do_deep",
    Deliver "deliver",
    DeliverDeep "deliver_deep",
    Ok "ok",
    Bad "bad",
    Unknown "unknown",
    Ghost "ghost",
    Focus "focus",
    Window "window",
    WindowWarm "window_warm",
    Lantern "lantern",
    SkylineFar "skyline_far",
    SkylineNear "skyline_near",
    Cloud "cloud",
    Sun "sun",
    Star "star",
    HudPaper "hud_paper",
    HudBand "hud_band",
    HudInk "hud_ink",
    HudDim "hud_dim",
    HudKey "hud_key",
}

impl Role {
    /// How many roles there are.
    pub const COUNT: usize = Self::ALL.len();

    /// The role called `name` in the palette file.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.name() == name)
    }
}
