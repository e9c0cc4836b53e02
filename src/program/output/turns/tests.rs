//! Tests of turns: order, bounds, failures and what is left out.

use super::*;
use std::thread;

fn room(threads: usize) -> AheadRoom {
    AheadRoom { threads, on_disk: true }
}

/// Returns a text with no two equal parts, also among the texts of different tickets.
fn text_of(ticket: usize, length: usize) -> Vec<u8> {
    (0..length.div_ceil(8)).flat_map(|index| (ticket << 40 | index).to_le_bytes()).take(length).collect()
}

/// Returns the output of jobs with outputs of these lengths, written in pieces on several threads.
fn write_side_by_side(lengths: &[usize], threads: usize) -> Vec<u8> {
    let mut output = Vec::new();
    let said = Mutex::new(Vec::new());
    let report = |_: &mut &mut Vec<u8>, ticket: u64| said.lock().unwrap().push(ticket);
    let budget = ThreadBudget::new(1);
    let turns = Turns::new(&mut output, room(threads), &budget, &report);
    let next = Mutex::new(0..lengths.len());
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let Some(ticket) = next.lock().unwrap().next() else {
                        return;
                    };
                    let mut wtr = turns.begin(ticket as u64, ticket).unwrap();
                    let text = text_of(ticket, lengths[ticket]);
                    text.chunks(1000 + ticket).for_each(|piece| wtr.write_all(piece).unwrap());
                    if ticket % 3 == 0 {
                        wtr.flush().unwrap();
                    }
                    wtr.end(Behind::Follows, Some(ticket as u64)).unwrap();
                }
            });
        }
    });
    turns.into_result().unwrap();
    let said = said.into_inner().unwrap();
    assert!(said.iter().copied().eq(0..lengths.len() as u64), "{said:?}");
    output
}

#[test]
fn jobs_are_written_in_the_order_of_their_tickets() {
    // Lengths: none, a chunk and a byte less and more, more than memory holds, and many small ones.
    let mut lengths = vec![40 << 20, 50 << 20, 0, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 1, 30 << 20];
    lengths.extend((0..200).map(|index| index * 37 % 5000));
    for threads in [1, 2, 3, 8] {
        let output = write_side_by_side(&lengths, threads);
        let mut rest = &output[..];
        for (ticket, &length) in lengths.iter().enumerate() {
            let (text, behind) = rest.split_at(length);
            assert!(text == text_of(ticket, length), "{threads} {ticket}");
            rest = behind;
        }
        assert!(rest.is_empty());
    }
}

#[test]
fn what_is_held_in_memory_and_on_disk_comes_in_order() {
    // Lengths: less than memory takes, just as much, and more; the job ends before its turn or after the turn has
    // begun.
    for length in [1, 12 << 20, (12 << 20) + 1, 30 << 20, (30 << 20) + 12_345] {
        for ends_ahead in [true, false] {
            let mut output = Vec::new();
            let budget = ThreadBudget::new(1);
            let turns = Turns::new(&mut output, room(1), &budget, &|_, (): ()| {});
            let (first, mut second) = (turns.begin(0, 0).unwrap(), turns.begin(1, 1).unwrap());
            let text = text_of(1, length);
            let (front, back) = text.split_at(length - length / 5);
            second.write_all(front).unwrap();
            if ends_ahead {
                second.write_all(back).unwrap();
                second.end(Behind::Follows, None).unwrap();
                first.end(Behind::Follows, None).unwrap();
            } else {
                first.end(Behind::Follows, None).unwrap();
                second.write_all(back).unwrap();
                second.end(Behind::Follows, None).unwrap();
            }
            turns.into_result().unwrap();
            assert!(output == text, "{length} {ends_ahead}");
        }
    }
}

#[test]
fn jobs_behind_the_end_of_their_input_are_left_out_with_what_they_say() {
    // The input of each job, and the consequence of the job for the later ones.
    use Behind::{AllIsLeftOut, Follows, InputIsLeftOut};
    let jobs = [
        (0, Follows),
        (1, Follows),
        (1, InputIsLeftOut),
        (1, Follows),
        (1, InputIsLeftOut),
        (2, Follows),
        (3, AllIsLeftOut),
        (3, Follows),
        (4, InputIsLeftOut),
    ];
    // Lengths: less than is held in memory and more; jobs end in order and in the opposite order.
    for length in [10, CHUNK_BYTES * 3 + 1] {
        for backwards in [false, true] {
            let mut output = Vec::new();
            let said = Mutex::new(Vec::new());
            let report = |_: &mut &mut Vec<u8>, ticket: usize| said.lock().unwrap().push(ticket);
            let budget = ThreadBudget::new(1);
            let turns = Turns::new(&mut output, room(2), &budget, &report);
            let end = |ticket: usize| {
                let (input, behind) = jobs[ticket];
                let mut wtr = turns.begin(ticket as u64, input).unwrap();
                wtr.write_all(&text_of(ticket, length)).unwrap();
                wtr.end(behind, Some(ticket)).unwrap();
            };
            if backwards {
                (0..jobs.len()).rev().for_each(end)
            } else {
                (0..jobs.len()).for_each(end)
            }
            turns.into_result().unwrap();
            assert_eq!(*said.lock().unwrap(), [0, 1, 2, 5, 6]);
            let expected: Vec<u8> = [0, 1, 2, 5, 6].map(|ticket| text_of(ticket, length)).concat();
            assert!(output == expected, "{length} {backwards}");
        }
    }
}

/// A writer that takes a number of bytes and then fails.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = bytes.len().min(self.0);
        self.0 -= count;
        if count > 0 { Ok(count) } else { Err(io::ErrorKind::StorageFull.into()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_failure_ends_all_jobs() {
    let budget = ThreadBudget::new(1);
    let turns = Turns::new(Full(CHUNK_BYTES), room(2), &budget, &|_, (): ()| {});
    let work = |ticket: u64| {
        let mut wtr = turns.begin(ticket, 0)?;
        let text = vec![0; 1000];
        while wtr.write_all(&text).is_ok() {}
        Some(())
    };
    thread::scope(|scope| {
        scope.spawn(|| work(1));
        scope.spawn(|| work(0));
    });
    assert!(turns.begin(2, 0).is_none());
    assert_eq!(turns.into_result().unwrap_err().kind(), io::ErrorKind::StorageFull);
}
