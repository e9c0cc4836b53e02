//! The table of a run that goes on: the most frequent codes with their rates and last lines, as it fits a window.

use super::amount::count_of;
use super::tally::{Counted, sum};
use super::{Report, ReportRow};
use crate::SeverityColors;
use crate::program::terminal::screen::Screen;
use crate::program::terminal::table::{self, Align, Cell};
use crate::program::terminal::visible::visible;
use indicatif::{BinaryBytes, HumanCount};
use std::cmp::Reverse;
use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

/// The time that rates are of.
const RATE_OVER: Duration = Duration::from_secs(10);
/// The time between two samples of the counts.
const SAMPLE_EVERY: Duration = Duration::from_millis(500);
/// The shortest time that a rate is of: less would make much of a few fields.
const RATE_OVER_MIN: f64 = 1.0;

const ALIGNS: [Align; 6] = [Align::Right, Align::Right, Align::Right, Align::Left, Align::Left, Align::Left];
const TITLES: [&str; 6] = ["code", "fields", "rate", "message", "category", "last line"];
/// The columns with numbers, the message, the category and the last line, by their places.
const NUMBERS: usize = 3;
const MESSAGE: usize = 3;
const CATEGORY: usize = 4;
const LINE: usize = 5;
/// The fewest columns of a message and of a line that are worth showing.
const MESSAGE_MIN: usize = 14;
const LINE_MIN: usize = 19;
/// The fewest columns of a line that leave room for its place, too.
const PLACED_LINE_MIN: usize = 60;

/// A table of the most frequent codes, with what it has to remember for rates.
#[derive(Debug)]
pub(crate) struct LiveTable {
    /// The most codes to show; `None` for as many as fit.
    most: Option<usize>,
    start: Instant,
    /// Counts in the past: the first one is as old as rates are of, or the first of all.
    samples: VecDeque<CountSample>,
}

/// The number of fields of each code at a time.
#[derive(Debug)]
struct CountSample {
    at: Instant,
    counts: BTreeMap<i32, u64>,
}

impl LiveTable {
    /// Returns the table of a run that starts now.
    pub(crate) fn new(most: Option<usize>) -> Self {
        let start = Instant::now();
        let samples = VecDeque::from([CountSample { at: start, counts: BTreeMap::new() }]);
        Self { most, start, samples }
    }

    /// Returns the lines of the table for a window: fewer than it has rows, and narrower than it is. `troubled_inputs` is the
    /// number of inputs that could not be read.
    pub(crate) fn lines(
        &mut self,
        report: &Report<'_>,
        troubled_inputs: u64,
        screen: Screen,
        rows: usize,
    ) -> Vec<String> {
        let now = Instant::now();
        self.forget(now);
        let lines = self.lines_at(now, report, troubled_inputs, screen, rows);
        self.remember(now, report);
        lines
    }

    fn lines_at(
        &self,
        now: Instant,
        report: &Report<'_>,
        troubled_inputs: u64,
        screen: Screen,
        rows: usize,
    ) -> Vec<String> {
        // The cursor stands below, and a line that is as wide as the window would move it on some terminals.
        let (rows, columns) = (rows.saturating_sub(1), screen.columns.saturating_sub(1).max(1));
        let mut summary = Cell::from(self.summary(now, report, troubled_inputs));
        summary.cut(columns);
        let mut lines = vec![summary.text];
        let mut codes: Vec<(&i32, &Counted)> =
            report.tally.known.iter().chain(&report.tally.unknown).collect();
        codes.sort_by_key(|(code, counted)| (Reverse(counted.fields), code.unsigned_abs(), **code));
        let (has_titles, all) = (rows >= 4, codes.len());
        let room = rows.saturating_sub(1 + usize::from(has_titles));
        let most = self.most.unwrap_or(usize::MAX);
        // The sentence about those that are left out takes the row of a code.
        let has_rest = all > room.min(most) && rows >= 6;
        let shown = room.saturating_sub(usize::from(has_rest && room <= most)).min(most);
        let rest = codes.split_off(shown.min(all));
        if all == 0 && rows >= 2 {
            lines.push("no codes so far".to_owned());
        }
        if !codes.is_empty() {
            let mut table = self.table(now, report, &codes, screen.colors, columns);
            table.drain(..usize::from(!has_titles));
            lines.append(&mut table);
        }
        if has_rest {
            let mut sentence = Cell::from(words_for_rest(&rest, report.tally.more_unknown));
            sentence.cut(columns);
            lines.push(sentence.text);
        }
        lines.truncate(rows.max(1));
        lines
    }

    /// Returns the line above the table. Trouble stands where it is not cut off.
    fn summary(&self, now: Instant, report: &Report<'_>, troubled_inputs: u64) -> String {
        let seconds = now.saturating_duration_since(self.start).as_secs();
        let time = format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
        let troubled = count_of(troubled_inputs, "input", "inputs");
        let trouble = if troubled_inputs > 0 { format!(", trouble with {troubled}") } else { String::new() };
        let input = report.tally.input;
        let (lines, bytes) = (HumanCount(input.lines), BinaryBytes(input.bytes));
        let noun = if input.lines == 1 { "line" } else { "lines" };
        let known = HumanCount(report.tally.known_fields());
        let unknown = HumanCount(report.tally.unknown_fields());
        format!("{time}{trouble}, {lines} {noun} ({bytes}), fields: {known} known, {unknown} unknown")
    }

    /// Returns the lines of the table of these codes, with that of the titles.
    fn table(
        &self,
        now: Instant,
        report: &Report<'_>,
        codes: &[(&i32, &Counted)],
        colors: Option<SeverityColors>,
        columns: usize,
    ) -> Vec<String> {
        let rates = |row: &ReportRow<'_>| self.rate(now, row.code, row.counted.fields);
        let mut rows = report.rows_of(codes.iter().copied());
        rows.sort_by_key(|row| (Reverse(row.counted.fields), row.code.unsigned_abs(), row.code));
        let mut cells = vec![TITLES.map(Cell::from).to_vec()];
        cells.extend(rows.iter().map(|row| {
            let color = row.severity().zip(colors).map(|(severity, colors)| colors.sequence(severity));
            let colored = |text: String| Cell { text, color: color.clone() };
            vec![
                colored(row.code.to_string()),
                HumanCount(row.counted.fields).to_string().into(),
                rates(row).into(),
                colored(visible(&row.message())),
                visible(&row.category()).into(),
                visible(row.counted.last.text.trim_start()).into(),
            ]
        }));
        let several = report.names.len() > 1;
        let place = |index: usize| visible(&report.place(&rows[index].counted.last));
        let kept = fit(&mut cells, columns, |index| several.then(|| place(index)));
        let aligns: Vec<Align> = kept.iter().map(|&column| ALIGNS[column]).collect();
        let kept_cells: Vec<Vec<Cell>> =
            cells.iter().map(|row| kept.iter().map(|&column| row[column].clone()).collect()).collect();
        let mut text = Vec::new();
        // A vector takes all.
        let _ = table::write(&aligns, &kept_cells, &mut text);
        String::from_utf8_lossy(&text).lines().map(str::to_owned).collect()
    }

    /// Returns the fields of a code in a second, in the last ten seconds: `0.3/s`, `1,204/s`.
    fn rate(&self, now: Instant, code: i32, count: u64) -> String {
        let Some(CountSample { at, counts }) = self.samples.front() else {
            return String::new();
        };
        let more = count.saturating_sub(counts.get(&code).copied().unwrap_or(0));
        let rate = more as f64 / now.saturating_duration_since(*at).as_secs_f64().max(RATE_OVER_MIN);
        match more {
            0 => "0/s".to_owned(),
            _ if rate < 9.95 => format!("{rate:.1}/s"),
            _ => format!("{}/s", HumanCount(rate.round() as u64)),
        }
    }

    /// Keeps the counts of now for later rates.
    fn remember(&mut self, now: Instant, report: &Report<'_>) {
        let age = |sample: &CountSample| now.saturating_duration_since(sample.at);
        if self.samples.back().is_none_or(|last| age(last) >= SAMPLE_EVERY) {
            self.samples.push_back(CountSample { at: now, counts: report.tally.counts().collect() });
        }
    }

    /// Forgets the counts that are too old for rates.
    fn forget(&mut self, now: Instant) {
        let is_old = |sample: &CountSample| now.saturating_duration_since(sample.at) >= RATE_OVER;
        while self.samples.get(1).is_some_and(is_old) {
            self.samples.pop_front();
        }
    }
}

/// Returns the sentence about the codes that are left out, and about fields with codes that are not told apart.
fn words_for_rest(rest: &[(&i32, &Counted)], more_unknown: u64) -> String {
    let fields = sum(rest.iter().map(|(_, counted)| counted.fields)).saturating_add(more_unknown);
    let at_least = if more_unknown > 0 { "at least " } else { "" };
    let codes = if rest.len() == 1 { "code" } else { "codes" };
    let noun = if fields == 1 { "field" } else { "fields" };
    format!("{at_least}{} more {codes} with {} {noun}", HumanCount(rest.len() as u64), HumanCount(fields))
}

/// Cuts the cells of a table whose first row has the titles, so that it is no wider than `columns`. Returns the columns of it that
/// fit. First the end of the lines gives way, then that of the messages, then the category, the lines, the messages and the numbers.
/// `place` returns the place of a row's last line, if it is to stand before the line where there is room for both.
fn fit(cells: &mut [Vec<Cell>], columns: usize, place: impl Fn(usize) -> Option<String>) -> Vec<usize> {
    let gap = table::GAP.len();
    let widths = table::widths(cells);
    let with_gaps = |columns: &[usize]| columns.iter().map(|&column| widths[column] + gap).sum::<usize>();
    let numbers: Vec<usize> = (0..NUMBERS).collect();
    let Some(room) = columns.checked_sub(with_gaps(&numbers)).filter(|room| *room >= gap + MESSAGE_MIN)
    else {
        let fitting = (1..=NUMBERS).rev().find(|&count| with_gaps(&numbers[..count]) <= columns);
        return numbers[..fitting.unwrap_or(0)].to_vec();
    };
    let message_min = widths[MESSAGE].min(MESSAGE_MIN);
    let category = with_gaps(&[CATEGORY]);
    let line = gap + LINE_MIN;
    let (kept, others) = match room.checked_sub(gap + message_min) {
        Some(left) if left >= category + line => (&[MESSAGE, CATEGORY, LINE][..], category + line),
        Some(left) if left >= line => (&[MESSAGE, LINE][..], line),
        _ => (&[MESSAGE][..], 0),
    };
    let message = widths[MESSAGE].min(room - others - gap);
    cells.iter_mut().for_each(|row| row[MESSAGE].cut(message));
    if kept.contains(&LINE) {
        let left = room - (others - line) - (gap + message) - gap;
        for (index, row) in cells.iter_mut().skip(1).enumerate() {
            if let Some(place) = place(index).filter(|_| left >= PLACED_LINE_MIN) {
                row[LINE].text = format!("{place}: {}", row[LINE].text);
            }
            row[LINE].cut(left);
        }
    }
    [&numbers[..], kept].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::encoding::CharEncoding;
    use crate::program::report::tally::{Histogram, LogPlace};
    use crate::program::report::{InputNames, Judgement, Tally};
    use crate::{Catalog, Language};

    /// Returns the tally of a log that has a code as often.
    fn tally(fields: u64) -> Tally {
        let place = LogPlace { file: 0, line: 1, text: "ret=-204".to_owned() };
        let (first, last, seconds, offsets) =
            (place.clone(), place, Histogram::default(), Histogram::default());
        let mut tally = Tally::of_file(0, CharEncoding::Utf8, fields, fields);
        tally.known.insert(
            -204,
            Counted { fields, lines: fields, files: 1, first, last, times: None, seconds, offsets },
        );
        tally
    }

    #[test]
    fn a_rate_is_that_of_the_last_ten_seconds() {
        let (names, catalog, judgement) = (InputNames::new(), Catalog::builtin(), Judgement::default());
        let mut table = LiveTable::new(None);
        let mut rates = Vec::new();
        // Looks each quarter of a second: 8 fields in each for five seconds, and then none.
        for quarter in 1..=64_u32 {
            let now = table.start + Duration::from_millis(250) * quarter;
            let tally = tally(8 * u64::from(quarter.min(20)));
            let report = Report::new(&tally, &names, &catalog, &judgement, Language::English);
            table.forget(now);
            rates.push(table.rate(now, -204, tally.counts().next().unwrap().1));
            table.remember(now, &report);
        }
        let rate_at = |quarter: usize| rates[quarter - 1].as_str();
        // At first, a second is assumed; later, the time since the start.
        assert_eq!([rate_at(1), rate_at(4), rate_at(20)], ["8.0/s", "32/s", "32/s"]);
        assert_eq!([rate_at(40), rate_at(52), rate_at(64)], ["16/s", "6.4/s", "0/s"]);
        assert!(table.samples.len() <= 22, "{}", table.samples.len());
        assert_eq!(table.rate(table.start + Duration::from_secs(16), -1, 0), "0/s");
    }
}
