//! The rates that a counter counts: the time by which each field counts.

use super::Counter;
use super::rates::{ArrivedTime, RateCounter, RateRule};
use super::slot::Moment;
use crate::Part;
use crate::field::FoundField;

impl Counter {
    /// Returns the counter that also counts fields by their times, for checks of rates.
    pub(crate) fn with_rates(self, rules: Vec<RateRule>) -> Self {
        Self { rates: RateCounter::new(rules).map(Box::new), ..self }
    }

    /// Lets lines of the input without a time count by their arrival. `last` is the last time of the input so far.
    pub(crate) fn count_arrivals(&mut self, last: Option<ArrivedTime>) {
        self.rates.iter_mut().for_each(|rates| rates.count_arrivals(last));
    }

    /// Returns the last time of an input whose lines without a time count by their arrival.
    pub(crate) fn last_arrived(&self) -> Option<ArrivedTime> {
        self.rates.as_ref().and_then(|rates| rates.last_arrived())
    }

    /// Counts a field of the line that was begun last by the line's time.
    #[inline(never)]
    pub(super) fn count_rates(&mut self, part: &Part<'_>, found: &FoundField) {
        let Self { rates, line, open, times, .. } = self;
        let field = (found.code, found.entry.and_then(|entry| part.entries.get(entry)));
        let text = &part.text[part.range()];
        rates.iter_mut().for_each(|rates| match line.moment {
            Moment::Time(time) => rates.count_at(field, time),
            Moment::Offset(_) => rates.count_without(field, text, line.start, open.as_ref(), times),
        });
    }
}
