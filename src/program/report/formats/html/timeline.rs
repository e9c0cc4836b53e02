//! The timeline: lines with codes along the time, or along the inputs, stacked by category.

use super::speech::{BothTexts, Speech, category};
use crate::program::report::axis::Axis;
use crate::program::report::formats::html_text::HtmlText;
use crate::program::report::tally::sum;
use crate::program::report::{Report, ReportRow};
use crate::time::TimeStamp;
use jiff::SignedDuration;
use jiff::civil::DateTime;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The most categories that have a colour of their own; the rest share one.
const STACKS_MAX: usize = 10;
/// The colours of categories of errors: each differs enough from white and from black.
const COLORS: [&str; STACKS_MAX] = [
    "#c8504b", "#4c7fc4", "#8f62c4", "#2b958a", "#cc7733", "#bf5596", "#6470d2", "#7d8a34", "#a06e52",
    "#3f8fb5",
];
const SUCCESS_COLOR: &str = "#45964f";
const ACTION_COLOR: &str = "#ad8126";
const UNKNOWN_COLOR: &str = "#7d8590";
const REST_COLOR: &str = "#868d98";
/// The width of a bin and of its bar, and the height of the chart, in units of the picture.
const BIN_WIDTH: usize = 10;
const BAR_WIDTH: usize = 9;
const HEIGHT: u64 = 1000;

/// The lines of one category in each bin.
struct CategoryStack<'a> {
    names: BothTexts<'a>,
    color: &'static str,
    counts: Vec<u64>,
}

/// Writes the chart, its legend and a table of the same numbers.
pub(super) fn write(report: &Report<'_>, rows: &[ReportRow<'_>], axis: &Axis, page: &mut String) {
    let stacks = stacks(rows, axis);
    let bins = stacks.first().map_or(0, |stack| stack.counts.len());
    let totals: Vec<u64> = (0..bins).map(|bin| sum(stacks.iter().map(|stack| stack.counts[bin]))).collect();
    let highest = totals.iter().copied().max().unwrap_or(0);
    if highest == 0 {
        return;
    }
    let speech = Speech(report.language);
    let title = if axis.is_time {
        ("Timeline", "时间线")
    } else {
        ("Places in the inputs", "在输入中的位置")
    };
    let title = speech.both(title.0, title.1);
    let labels = Labels::of(rows, axis);
    let _ = writeln!(page, "<section aria-labelledby=\"timeline\"><h2 id=\"timeline\">{title}</h2>");
    let (bar, bar_zh) = labels.width();
    let words = speech.markup(
        &format!("Lines with codes, by category. The highest bar is {highest}; each is {bar}."),
        &format!("含返回码的行，按类别堆叠。最高柱为 {highest}；每柱{bar_zh}。"),
    );
    let _ = writeln!(page, "<p id=\"chart-label\">{words}</p>");
    write_chart(&stacks, &totals, highest, &labels, page);
    write_ends(report, rows, axis, bins, &labels, page);
    write_legend(&stacks, speech, page);
    write_numbers(&stacks, &totals, speech, &labels, page);
    page.push_str("</section>\n");
}

/// Returns the stacks from the lowest on: errors, the most frequent category first, and success behind them. Beyond
/// [`STACKS_MAX`] of them, the last has all others.
fn stacks<'a>(rows: &[ReportRow<'a>], axis: &Axis) -> Vec<CategoryStack<'a>> {
    let mut by_category: BTreeMap<BothTexts<'a>, Vec<u64>> = BTreeMap::new();
    for row in rows {
        let counts = axis.counts(row);
        let sums = by_category.entry(category(row)).or_insert_with(|| vec![0; counts.len()]);
        add(sums, &counts);
    }
    let mut all: Vec<_> =
        by_category.into_iter().filter(|(_, counts)| counts.iter().any(|&count| count > 0)).collect();
    all.sort_by_key(|(_, counts)| Reverse(sum(counts.iter().copied())));
    let rest = all.split_off(all.len().min(STACKS_MAX));
    all.sort_by_key(|(names, _)| {
        ["unknown", "action", "success"].iter().position(|name| *name == names.0).map_or(0, |at| at + 1)
    });
    let mut colors = COLORS.into_iter();
    let color = |name: &str, colors: &mut dyn Iterator<Item = &'static str>| match name {
        "success" => SUCCESS_COLOR,
        "action" => ACTION_COLOR,
        "unknown" => UNKNOWN_COLOR,
        _ => colors.next().unwrap_or(REST_COLOR),
    };
    let stack = |(names, counts): (BothTexts<'a>, Vec<u64>)| {
        let color = color(&names.0, &mut colors);
        CategoryStack { names, color, counts }
    };
    let mut stacks: Vec<_> = all.into_iter().map(stack).collect();
    if let Some((_, first)) = rest.first() {
        let mut counts = vec![0; first.len()];
        rest.iter().for_each(|(_, more)| add(&mut counts, more));
        stacks.push(CategoryStack {
            names: ("other categories".into(), "其余类别".into()),
            color: REST_COLOR,
            counts,
        });
    }
    stacks
}

fn add(sums: &mut [u64], counts: &[u64]) {
    sums.iter_mut().zip(counts).for_each(|(sum, &count)| *sum = sum.saturating_add(count));
}

/// Writes the bars: a path for each category, and above them an invisible area for each bin, which has the numbers as its title.
fn write_chart(
    stacks: &[CategoryStack<'_>],
    totals: &[u64],
    highest: u64,
    labels: &Labels,
    page: &mut String,
) {
    let width = totals.len() * BIN_WIDTH;
    let _ = writeln!(
        page,
        "<svg id=\"chart\" role=\"img\" aria-labelledby=\"chart-label\" viewBox=\"0 0 {width} {HEIGHT}\" width=\"100%\" height=\"160\" \
         preserveAspectRatio=\"none\">"
    );
    let height = |lines: u64| u128::from(lines) * u128::from(HEIGHT) / u128::from(highest);
    let mut below = vec![0_u64; totals.len()];
    for stack in stacks {
        let mut path = String::new();
        for (bin, (&count, below)) in stack.counts.iter().zip(&mut below).enumerate() {
            let bottom = height(*below);
            *below = below.saturating_add(count);
            let top = height(*below);
            if top > bottom {
                let (x, y) = (bin * BIN_WIDTH, u128::from(HEIGHT) - top);
                let _ = write!(path, "M{x} {y}h{BAR_WIDTH}v{}h-{BAR_WIDTH}z", top - bottom);
            }
        }
        let _ = writeln!(page, "<path fill=\"{}\" d=\"{path}\"/>", stack.color);
    }
    for (bin, &total) in totals.iter().enumerate().filter(|&(_, &total)| total > 0) {
        let x = bin * BIN_WIDTH;
        let parts = stacks.iter().filter(|stack| stack.counts[bin] > 0);
        let parts = parts.map(|stack| format!("{} {}", HtmlText(&stack.names.0), stack.counts[bin]));
        let parts = parts.collect::<Vec<_>>().join(", ");
        let label = labels.bin(bin);
        let _ = writeln!(
            page,
            "<rect x=\"{x}\" y=\"0\" width=\"{BIN_WIDTH}\" height=\"{HEIGHT}\" fill=\"none\" pointer-events=\"all\">\
             <title>{label}: {total} ({parts})</title></rect>"
        );
    }
    page.push_str("</svg>\n");
}

/// Writes the labels of the ends of the axis, and how times without a zone are taken.
fn write_ends(
    report: &Report<'_>,
    rows: &[ReportRow<'_>],
    axis: &Axis,
    bins: usize,
    labels: &Labels,
    page: &mut String,
) {
    let speech = Speech(report.language);
    let _ = writeln!(
        page,
        "<p class=\"ends\"><span>{}</span> <span>{}</span></p>",
        labels.bin(0),
        labels.bin(bins)
    );
    if !axis.is_time {
        let words = speech.both(
            "No time is understood: bars are places in the inputs, in bytes from the beginning of each.",
            "未识别出时间：柱表示在各输入中的位置，以距开头的字节计。",
        );
        let _ = writeln!(page, "<p>{words}</p>");
    } else if report.tally.zones.are_assumed() {
        let words = speech.both("Times without a zone are taken as UTC.", "没有时区的时间按 UTC 计。");
        let _ = writeln!(page, "<p>{words}</p>");
    }
    let undated = sum(rows.iter().filter(|_| axis.is_time).map(|row| {
        row.counted.lines.saturating_sub(sum(row.counted.seconds.counts_along(&axis.bins).into_iter()))
    }));
    if undated > 0 {
        let words = speech.markup(
            &format!("Lines without a time are not shown: {undated}."),
            &format!("未显示没有时间的行：{undated}。"),
        );
        let _ = writeln!(page, "<p>{words}</p>");
    }
}

fn write_legend(stacks: &[CategoryStack<'_>], speech: Speech, page: &mut String) {
    page.push_str("<ul class=\"legend\">\n");
    for CategoryStack { names, color, counts } in stacks {
        let (name, count) = (speech.both(&names.0, &names.1), sum(counts.iter().copied()));
        let _ = writeln!(
            page,
            "<li><svg aria-hidden=\"true\" width=\"12\" height=\"12\"><rect width=\"12\" height=\"12\" rx=\"2\" fill=\"{color}\"/></svg> \
             {name} {count}</li>"
        );
    }
    page.push_str("</ul>\n");
}

/// Writes the numbers of the chart as a table.
fn write_numbers(
    stacks: &[CategoryStack<'_>],
    totals: &[u64],
    speech: Speech,
    labels: &Labels,
    page: &mut String,
) {
    let title = speech.both("The numbers of the chart", "图中的数字");
    let caption = speech.both("Lines with codes in each bar, by category", "各柱中含返回码的行数，按类别");
    let from = speech.both("from", "起点");
    let _ = write!(
        page,
        "<details class=\"numbers\"><summary>{title}</summary><div class=\"wide\" tabindex=\"0\" role=\"region\" aria-labelledby=\"numbers\">\
         <table><caption id=\"numbers\">{caption}</caption><thead><tr><th scope=\"col\">{from}</th>"
    );
    for stack in stacks {
        let _ = write!(page, "<th scope=\"col\">{}</th>", speech.both(&stack.names.0, &stack.names.1));
    }
    let _ = write!(page, "<th scope=\"col\">{}</th></tr></thead>\n<tbody>\n", speech.both("all", "合计"));
    for (bin, total) in totals.iter().enumerate().filter(|&(_, &total)| total > 0) {
        let _ = write!(page, "<tr><th scope=\"row\">{}</th>", labels.bin(bin));
        for stack in stacks {
            let _ = write!(page, "<td>{}</td>", stack.counts[bin]);
        }
        let _ = writeln!(page, "<td>{total}</td></tr>");
    }
    page.push_str("</tbody></table></div></details>\n");
}

/// The labels of the axis: times in the zone of the earliest one, or byte offsets.
struct Labels {
    start: i64,
    width: i64,
    /// The earliest time; `None` for byte offsets.
    earliest: Option<TimeStamp>,
}

impl Labels {
    fn of(rows: &[ReportRow<'_>], axis: &Axis) -> Self {
        let (start, width) = axis.bins.start_and_width();
        let times = rows.iter().filter_map(|row| row.counted.times.map(|(earliest, _)| earliest));
        Self { start, width, earliest: times.min().filter(|_| axis.is_time) }
    }

    /// Returns the beginning of a bin, or for the number of bins the end of the last one: `2026-05-01 10:00:00+08:00`.
    fn bin(&self, bin: usize) -> String {
        let start =
            self.start.saturating_add(self.width.saturating_mul(i64::try_from(bin).unwrap_or(i64::MAX)));
        let Some(earliest) = self.earliest else {
            return start.to_string();
        };
        let zone = earliest.offset_minutes();
        let written = start.saturating_add(i64::from(zone.unwrap_or(0)) * 60);
        let epoch = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
        let Ok(time) = epoch.checked_add(SignedDuration::from_secs(written)) else {
            return start.to_string();
        };
        let zone = match zone {
            None => String::new(),
            Some(0) => "Z".to_owned(),
            Some(zone) => {
                let sign = if zone < 0 { '-' } else { '+' };
                format!("{sign}{:02}:{:02}", zone.abs() / 60, zone.abs() % 60)
            }
        };
        format!("{} {}{zone}", time.date(), time.time())
    }

    /// Returns the width of a bin with its unit, in English and Chinese.
    fn width(&self) -> (String, String) {
        let width = self.width;
        if self.earliest.is_none() {
            return (format!("{width} bytes"), format!(" {width} 字节"));
        }
        let parts = [
            (width / 86_400, "d", "天"),
            (width / 3600 % 24, "h", "小时"),
            (width / 60 % 60, "min", "分"),
            (width % 60, "s", "秒"),
        ];
        let parts = parts.into_iter().filter(|&(number, ..)| number > 0);
        let both =
            parts.map(|(number, unit, chinese)| (format!("{number} {unit}"), format!(" {number} {chinese}")));
        let (english, chinese): (Vec<_>, Vec<_>) = both.unzip();
        (english.join(" "), chinese.concat())
    }
}
