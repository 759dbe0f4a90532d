//! One stylesheet from three layers.
//!
//! `base` is `style/{tokens,base}.css`; `components` is `style/type.css` and the sheet beside each component and page
//! (`app/**/*.css`); `utilities` are the Tailwind-like classes that encre-css finds in the string literals of
//! `app/**/*.rs`. A later layer wins, so a utility always beats a component. encre-css does not see `class:hidden=…`:
//! write `class=("hidden", …)`, and write whole class names, never pieces glued together.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

/// Colours that utilities may name (`text-muted`, `bg-surface`, `border-line`); each is a token of `style/tokens.css`.
const COLOURS: &[&str] = &[
    "bg",
    "surface",
    "raised",
    "sunken",
    "hover",
    "selected",
    "line",
    "line-firm",
    "control-line",
    "ink",
    "muted",
    "faint",
    "brand",
    "brand-ink",
    "brand-soft",
    "brand-soft-ink",
    "link",
    "red",
    "red-ink",
    "red-soft",
    "red-line",
    "amber",
    "amber-ink",
    "amber-soft",
    "amber-line",
    "blue",
    "blue-ink",
    "blue-soft",
    "blue-line",
    "green",
    "green-ink",
    "green-soft",
    "green-line",
    "violet",
    "violet-ink",
    "violet-soft",
    "violet-line",
    "grey",
    "grey-ink",
    "grey-soft",
    "grey-line",
];

const DARK: &str = "[data-theme=\"dark\"] {";

/// Writes the whole stylesheet of the site to `out`, making its folder where needed.
pub fn build(root: &Path, out: &Path) -> Result<()> {
    let css = sheet(root)?;
    if let Some(folder) = out.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    // An unchanged sheet keeps its time stamp, so that nothing downstream is compressed again.
    if fs::read_to_string(out).is_ok_and(|old| old == css) {
        return Ok(());
    }
    fs::write(out, css).with_context(|| format!("cannot write {}", out.display()))
}

/// The stylesheet as text.
pub fn sheet(root: &Path) -> Result<String> {
    let base = base(root)?;
    let components = components(root)?;
    let utilities = utilities(root)?;
    Ok(minify(&format!(
        "@layer base, components, utilities;\n@layer base {{\n{base}\n}}\n@layer components {{\n{components}\n}}\n@layer utilities {{\n{utilities}\n}}\n"
    )))
}

fn base(root: &Path) -> Result<String> {
    let tokens = with_system_dark(&read(&root.join("style/tokens.css"))?)?;
    Ok(format!("{tokens}\n{}", read(&root.join("style/base.css"))?))
}

/// Repeats the dark tokens for a browser that prefers dark where the page names no theme, with the same specificity.
fn with_system_dark(tokens: &str) -> Result<String> {
    let (before, rest) = tokens.split_once(DARK).with_context(|| format!("style/tokens.css has no `{DARK}` block"))?;
    let (dark, after) = rest.split_once('}').context("the dark block of style/tokens.css has no end")?;
    ensure!(!dark.contains('{'), "the dark block of style/tokens.css must hold declarations only");
    Ok(format!("{before}{DARK}{dark}}}\n@media (prefers-color-scheme: dark) {{ :root:where(:not([data-theme])) {{{dark}}} }}\n{after}"))
}

fn components(root: &Path) -> Result<String> {
    let mut css = read(&root.join("style/type.css"))?;
    for path in files(&root.join("app"), "css")? {
        css.push('\n');
        css.push_str(&read(&path)?);
    }
    Ok(css)
}

fn utilities(root: &Path) -> Result<String> {
    let mut literals = BTreeSet::new();
    for path in files(&root.join("app"), "rs")? {
        literals.extend(string_literals(&read(&path)?));
    }
    Ok(encre_css::generate(literals.iter().map(String::as_str), &config()))
}

fn config() -> encre_css::Config {
    let mut config = encre_css::Config::default();
    // style/base.css is the reset.
    config.preflight = encre_css::Preflight::new_none();
    config.theme.dark_mode = encre_css::config::DarkMode::new_class("[data-theme=\"dark\"]");
    for name in COLOURS {
        config.theme.colors.add(*name, format!("var(--{name})"));
    }
    config
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Every file below `folder` with this extension, in an order that does not depend on the file system.
fn files(folder: &Path, extension: &str) -> Result<BTreeSet<PathBuf>> {
    let mut found = BTreeSet::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == extension) {
                found.insert(path);
            }
        }
    }
    Ok(found)
}

/// The contents of the string literals of a Rust source, comments and lifetimes left out.
fn string_literals(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        if rest.starts_with("//") {
            rest = rest.split_once('\n').map_or("", |(_, after)| after);
        } else if rest.starts_with("/*") {
            rest = rest.split_once("*/").map_or("", |(_, after)| after);
        } else if rest.starts_with("'\"'") || rest.starts_with("'\\\"'") {
            rest = rest.split_once("\"'").map_or("", |(_, after)| after);
        } else if let Some((literal, after)) = raw_string(rest) {
            found.push(literal.to_owned());
            rest = after;
        } else if let Some(inside) = rest.strip_prefix('"') {
            let end = end_of_string(inside);
            let (literal, after) = inside.split_at_checked(end).unwrap_or((inside, ""));
            found.push(literal.to_owned());
            rest = after.strip_prefix('"').unwrap_or_default();
        } else {
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
    }
    found
}

fn raw_string(rest: &str) -> Option<(&str, &str)> {
    let after_r = rest.strip_prefix('r')?;
    let unhashed = after_r.trim_start_matches('#');
    let hashes = "#".repeat(after_r.len() - unhashed.len());
    unhashed.strip_prefix('"')?.split_once(&format!("\"{hashes}"))
}

fn end_of_string(inside: &str) -> usize {
    let mut escaped = false;
    for (at, c) in inside.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at,
            _ => {}
        }
    }
    inside.len()
}

/// Takes out comments and the white space that cannot matter; strings stay as they are.
fn minify(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut chars = css.chars().peekable();
    let mut quote = None;
    let mut space = false;
    while let Some(c) = chars.next() {
        if let Some(q) = quote {
            out.push(c);
            if c == '\\' {
                out.extend(chars.next());
            } else if c == q {
                quote = None;
            }
            continue;
        }
        if c == '/' && chars.peek() == Some(&'*') {
            chars.next();
            let mut last = ' ';
            for c in chars.by_ref() {
                if last == '*' && c == '/' {
                    break;
                }
                last = c;
            }
            space = true;
            continue;
        }
        if c.is_whitespace() {
            space = true;
            continue;
        }
        let tight = |c: char| matches!(c, '{' | '}' | ';' | ',');
        if space && !tight(c) && !out.ends_with(tight) && !out.is_empty() {
            out.push(' ');
        }
        space = false;
        if c == '}' && out.ends_with(';') {
            out.pop();
        }
        if c == '"' || c == '\'' {
            quote = Some(c);
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
    }

    #[test]
    fn minifying_keeps_strings_and_the_spaces_that_matter() {
        let css = "/* a */ a > b , c { margin: calc(1px + 2px) ; content: \" /* ; \" ; }\n\n@media (min-width: 4em) { a { b: c; } }";
        assert_eq!(minify(css), "a > b,c{margin: calc(1px + 2px);content: \" /* ; \"}@media (min-width: 4em){a{b: c}}");
    }

    #[test]
    fn the_scanner_reads_strings_and_not_comments_or_quote_characters() {
        let source = "// \"no\"\nlet a = 'x'; f(\"p-4 \\\" m-2\"); g('\"'); h(r#\"raw \" one\"#); /* \"no\" */ fn f<'a>() {} \"end\"";
        assert_eq!(string_literals(source), ["p-4 \\\" m-2", "raw \" one", "end"]);
    }

    #[test]
    fn utilities_can_name_our_colours_and_only_tokens_that_exist() {
        let css = encre_css::generate(["bg-surface text-muted border-line hover:bg-hover"], &config());
        for expected in ["var(--surface)", "var(--muted)", "var(--line)", "var(--hover)"] {
            assert!(css.contains(expected), "{expected} is missing in {css}");
        }
        let tokens = read(&root().join("style/tokens.css")).unwrap();
        for name in COLOURS {
            assert!(tokens.contains(&format!("--{name}:")), "--{name} is no token");
        }
    }

    #[test]
    fn a_browser_that_prefers_dark_gets_the_same_values_as_the_switch() {
        let sheet = sheet(&root()).unwrap();
        let value = |block: &str| {
            let (_, rest) = sheet.split_once(block).unwrap_or_else(|| panic!("no {block}"));
            rest.split_once('}').unwrap().0.to_owned()
        };
        assert_eq!(value("[data-theme=\"dark\"]{"), value(":root:where(:not([data-theme])){"));
        assert_eq!(sheet.matches('{').count(), sheet.matches('}').count());
    }

    /// Best effort: reads `class="…"` and `class=("…"`, not names put together at run time.
    #[test]
    fn every_class_written_in_a_page_has_a_rule() {
        let ours = format!("{}\n{}", base(&root()).unwrap(), components(&root()).unwrap());
        let ours = minify(&ours);
        // Classes that carry no style of their own, one to a line: hooks for scripts and tests.
        let hooks = read(&root().join("style/hooks.txt")).unwrap();
        let mut unknown = Vec::new();
        for path in files(&root().join("app"), "rs").unwrap() {
            let source = read(&path).unwrap();
            for opening in ["class=\"", "class=(\""] {
                for after in source.split(opening).skip(1) {
                    let names = after.split('"').next().unwrap_or_default();
                    for name in names.split_whitespace() {
                        if !(hooks.lines().any(|hook| hook == name)
                            || has_rule(&ours, name)
                            || !encre_css::generate([name], &config()).is_empty())
                        {
                            unknown.push(format!("{name} ({})", path.display()));
                        }
                    }
                }
            }
        }
        assert!(unknown.is_empty(), "classes without a rule:\n{}", unknown.join("\n"));
    }

    fn has_rule(css: &str, name: &str) -> bool {
        css.match_indices(&format!(".{name}")).any(|(at, hit)| {
            !css.get(at + hit.len()..).unwrap_or_default().starts_with(|c: char| c.is_alphanumeric() || c == '-' || c == '_')
        })
    }

    /// The policy of the site forbids inline style, so a component that used it would look right here and wrong there.
    #[test]
    fn no_page_writes_inline_style() {
        for path in files(&root().join("app"), "rs").unwrap() {
            let source = read(&path).unwrap();
            assert!(!source.contains(" style=\"") && !source.contains(" style:"), "inline style in {}", path.display());
        }
    }
}
