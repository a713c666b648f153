//! The schema is embedded in the binary, so a new migration rebuilds it.

fn main() {
    println!("cargo::rerun-if-changed=../migrations");
}
