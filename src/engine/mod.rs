//! Puts the kernel, the account and the world's load together.
