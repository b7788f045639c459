//! Physical stimuli: what the world does to resources. Produces metric samples only.
