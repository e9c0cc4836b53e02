//! --report html for readers who do not see it, for those who prefer the dark, and on paper.

use crate::page::{by_id, elements, page_of, parse, shown_text, style};
use std::path::Path;

/// Returns a page with most parts that a page can have.
fn page() -> String {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/reports");
    page_of(&data, &["--baseline=earlier.json", "--fail-on=error>3", "--expect=any", "server.log"], b"")
}

#[test]
fn the_page_can_be_used_with_other_senses() {
    let page = page();
    let document = parse(&page);
    assert_eq!(document.root_element().attribute("lang"), Some("en"));
    assert_eq!(elements(&document, "h1").len(), 1);
    for table in elements(&document, "table") {
        assert!(table.first_element_child().unwrap().has_tag_name("caption"));
    }
    for head in elements(&document, "th") {
        assert!(matches!(head.attribute("scope"), Some("row" | "col")));
    }
    let chart = by_id(&document, "chart").unwrap();
    assert_eq!(chart.attribute("role"), Some("img"));
    let label = by_id(&document, chart.attribute("aria-labelledby").unwrap()).unwrap();
    assert!(shown_text(label).contains("The highest bar is "));
    for control in elements(&document, "input").into_iter().chain(elements(&document, "select")) {
        assert!(control.ancestors().any(|node| node.has_tag_name("label")));
    }
    for section in elements(&document, "section") {
        let title = by_id(&document, section.attribute("aria-labelledby").unwrap()).unwrap();
        assert!(title.has_tag_name("h2") && title.parent() == Some(section));
    }
    let ids: Vec<_> = document.descendants().filter_map(|node| node.attribute("id")).collect();
    let mut different = ids.clone();
    different.sort_unstable();
    different.dedup();
    assert_eq!(ids.len(), different.len());
    // The severity stands in words, not in colour alone.
    for row in elements(&document, "tr").into_iter().filter(|row| row.has_attribute("id")) {
        let severity = row.attribute("class").unwrap().split(' ').next().unwrap();
        assert!(shown_text(row).contains(severity), "{severity}");
    }
}

/// Returns the contrast of two colours `#rrggbb`, as the Web Content Accessibility Guidelines count it.
fn contrast(a: &str, b: &str) -> f64 {
    let light = |color: &str| {
        let part = |at: usize| {
            let part = f64::from(u8::from_str_radix(&color[at..at + 2], 16).unwrap()) / 255.0;
            if part <= 0.03928 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
    };
    let (a, b) = (light(a), light(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn colours_differ_enough_in_the_light_and_in_the_dark() {
    let page = page();
    let style = style(&page);
    let color = |name: &str, dark: bool| {
        let (_, behind) = style.split_once(&format!("--{name}: light-dark(")).unwrap();
        let (light, behind) = behind.split_once(", ").unwrap();
        if dark { behind.split_once(')').unwrap().0 } else { light }
    };
    for dark in [false, true] {
        for (front, back) in [
            ("text", "page"),
            ("text", "panel"),
            ("text", "failed-back"),
            ("text", "undecided-back"),
            ("text", "passed-back"),
            ("soft", "page"),
            ("soft", "panel"),
            ("soft", "undecided-back"),
            ("link", "page"),
            ("error", "page"),
            ("error", "failed-back"),
            ("error", "undecided-back"),
            ("action", "page"),
            ("action", "undecided-back"),
            ("success", "page"),
            ("success", "passed-back"),
            ("new", "page"),
        ] {
            let contrast = contrast(color(front, dark), color(back, dark));
            assert!(contrast >= 4.5, "{front} on {back}, dark {dark}: {contrast}");
        }
        // Colours of the chart have no letters on them: 3 is enough.
        for fill in elements(&parse(&page), "path").iter().filter_map(|node| node.attribute("fill")) {
            assert!(contrast(fill, color("panel", dark)) >= 3.0, "{fill}, dark {dark}");
        }
    }
}

#[test]
fn paper_and_preferences_are_thought_of() {
    let page = page();
    let style = style(&page);
    let (_, print) = style.split_once("@media print {").unwrap();
    let print = print.split_once("@media").unwrap().0;
    for rule in [
        "color-scheme: light;",
        "[data-script]",
        "break-inside: avoid",
        "table-header-group",
        "details-content",
    ] {
        assert!(print.contains(rule), "{rule}");
    }
    assert!(style.contains("color-scheme: light dark;") && style.contains("prefers-reduced-motion"));
}
