//! Shades of a colour that can be read: text has a contrast of 4.5:1 to what it stands on, shapes have 3:1 (WCAG 2.2, AA).
//! Of a colour that cannot be read, the lightness is changed and nothing else, in steps, until it can.

use palette::{FromColor, IntoColor, Oklch, Srgb, color_difference::Wcag21RelativeContrast as _};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// For text.
const TEXT: f32 = 4.5;
/// For shapes.
const SHAPE: f32 = 3.0;
/// What shades differ in at least.
const STEP: f32 = 0.005;

/// One theme's surfaces, as in `frontend/src/ui/theme.css`.
struct Theme {
    surface: &'static str,
    page: &'static str,
    hover: &'static str,
    /// Lightness and most chroma of the soft shade.
    soft: (f32, f32),
    is_dark: bool,
}

const LIGHT: Theme =
    Theme { surface: "#ffffff", page: "#f7f8fa", hover: "#f4f6f9", soft: (0.955, 0.03), is_dark: false };
const DARK: Theme = Theme { surface: "#121824", page: "#0b0f17", hover: "#192131", soft: (0.27, 0.06), is_dark: true };
const WHITE: &str = "#ffffff";
const INK: &str = "#101828";

/// A colour's shades in one theme, as `#rrggbb`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Shades {
    /// Buttons and shapes.
    pub accent: String,
    /// Buttons under the pointer.
    pub accent_strong: String,
    /// Text and links.
    pub accent_ink: String,
    /// Behind text of that colour.
    pub accent_soft: String,
    /// Text on buttons.
    pub on_accent: String,
}

/// A colour's shades.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Palette {
    /// On light surfaces.
    pub light: Shades,
    /// On dark surfaces.
    pub dark: Shades,
    /// Whether buttons are of another colour than the chosen one on light surfaces, since that could not be read.
    pub is_corrected: bool,
}

/// Shades of `#rrggbb`; `None` for what is no colour.
#[must_use]
pub fn of(colour: &str) -> Option<Palette> {
    let chosen = read(colour)?;
    let light = shades(chosen, &LIGHT);
    let is_corrected = light.accent != hex(chosen);
    Some(Palette { light, dark: shades(chosen, &DARK), is_corrected })
}

fn shades(chosen: Oklch, theme: &Theme) -> Shades {
    let fixed = |colour| read(colour).unwrap_or_default();
    let (surface, page, hover) = (fixed(theme.surface), fixed(theme.page), fixed(theme.hover));
    let (lightness, chroma) = theme.soft;
    let soft = shown(Oklch::new(lightness, chosen.chroma.min(chroma), chosen.hue));
    // away from the surface it stands on
    let step = if theme.is_dark { STEP } else { -STEP };
    let readable =
        |shade: Oklch| text_on(shade).is_some() && contrast(shade, surface) >= SHAPE && contrast(shade, page) >= SHAPE;
    let accent = moved(chosen, step, readable);
    let on_accent = text_on(accent).unwrap_or(WHITE);
    // darker under white text, lighter under dark text, so that the text stays readable
    let away = if on_accent == WHITE { -0.06 } else { 0.05 };
    let strong = shown(Oklch::new((accent.l + away).clamp(0.0, 1.0), accent.chroma, accent.hue));
    let strong = if contrast(strong, fixed(on_accent)) >= TEXT { strong } else { accent };
    let ink =
        moved(chosen, step, |shade| [surface, page, hover, soft].iter().all(|under| contrast(shade, *under) >= TEXT));
    Shades {
        accent: hex(accent),
        accent_strong: hex(strong),
        accent_ink: hex(ink),
        accent_soft: hex(soft),
        on_accent: on_accent.to_owned(),
    }
}

/// The shade nearest to `from` that suits, in one direction: black and white suit in the end.
fn moved(from: Oklch, step: f32, suits: impl Fn(Oklch) -> bool) -> Oklch {
    let mut shade = from;
    while !suits(shown(shade)) && (0.0..=1.0).contains(&shade.l) {
        shade.l += step;
    }
    shade.l = shade.l.clamp(0.0, 1.0);
    shown(shade)
}

/// White or our ink, whichever can be read on it; white if both can.
fn text_on(shade: Oklch) -> Option<&'static str> {
    [WHITE, INK].into_iter().find(|text| read(text).is_some_and(|text| contrast(shade, text) >= TEXT))
}

fn contrast(one: Oklch, other: Oklch) -> f32 {
    let screen = |shade: Oklch| -> Srgb { Srgb::from_color(shade) };
    screen(one).relative_contrast(screen(other))
}

/// As a screen shows it: 8 bits, within the screen's colours.
fn shown(shade: Oklch) -> Oklch {
    read(&hex(shade)).unwrap_or(shade)
}

fn read(colour: &str) -> Option<Oklch> {
    let digits = colour.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let colour: Srgb<u8> = digits.parse().ok()?;
    Some(colour.into_format::<f32>().into_color())
}

fn hex(shade: Oklch) -> String {
    let colour: Srgb<u8> = Srgb::from_color(shade).into_format();
    format!("#{colour:x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(one: &str, other: &str) -> f32 {
        contrast(read(one).unwrap(), read(other).unwrap())
    }

    #[test]
    fn contrast_is_that_of_wcag() {
        assert!((ratio("#ffffff", "#000000") - 21.0).abs() < 0.01);
        assert!((ratio("#777777", "#ffffff") - 4.48).abs() < 0.01);
    }

    #[test]
    fn a_colour_that_can_be_read_stays_as_it_is() {
        let palette = of("#3f4cc9").unwrap();
        assert_eq!((palette.light.accent.as_str(), palette.is_corrected), ("#3f4cc9", false));
        assert!(of("#ffd400").unwrap().is_corrected);
    }

    #[test]
    fn what_is_no_colour_has_no_shades() {
        for wrong in ["", "red", "#fff", "#12345g", "3f4cc9", "#3f4cc9ff", "#éé"] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn shades_of_every_colour_can_be_read() {
        for colour in (0..=0xff_ffff_u32).step_by(4_099) {
            let colour = format!("#{colour:06x}");
            let palette = of(&colour).unwrap();
            for (shades, theme) in [(&palette.light, &LIGHT), (&palette.dark, &DARK)] {
                for (text, under, least) in [
                    (&shades.on_accent, shades.accent.as_str(), TEXT),
                    (&shades.on_accent, &shades.accent_strong, TEXT),
                    (&shades.accent, theme.surface, SHAPE),
                    (&shades.accent, theme.page, SHAPE),
                    (&shades.accent_ink, theme.surface, TEXT),
                    (&shades.accent_ink, theme.page, TEXT),
                    (&shades.accent_ink, &shades.accent_soft, TEXT),
                ] {
                    let found = ratio(text, under);
                    assert!(found >= least, "{colour}: {text} on {under} has {found}");
                }
            }
        }
    }
}
