//! Writes the gallery as plain HTML, to be looked at or photographed: `cargo run -p ui --example gallery -- FOLDER`.
//! The pages ask for /fettle.css, /icons.svg and /fonts, so serve the folder together with them.

use std::error::Error;
use std::path::PathBuf;

use leptos::prelude::*;
use ui::gallery::{Gallery, Screen};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("give the folder to write to")?);
    std::fs::create_dir_all(&folder)?;
    for screen in Screen::ALL {
        for theme in ["light", "dark"] {
            let owner = Owner::new();
            let body = owner.with(|| view! { <Gallery screen/> }.to_html());
            let (name, audience) = (screen.name(), screen.audience());
            let page = format!(
                "<!DOCTYPE html><html lang=\"en-GB\" data-theme=\"{theme}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{name} · Gallery</title><link rel=\"stylesheet\" href=\"/fettle.css\"></head><body class=\"{audience}\">{body}</body></html>"
            );
            std::fs::write(folder.join(format!("{name}-{theme}.html")), page)?;
        }
    }
    Ok(())
}
