//! How loud a recording is over its time, in as few numbers as a page needs to draw it.

/// Samples a second that are asked of the decoder: enough to see every drum.
pub(super) const RATE: u32 = 8_000;
/// Samples that one first value stands for: 10 ms.
const WINDOW: usize = 80;
/// Numbers that are kept.
pub(super) const PEAKS: usize = 240;

/// Takes 16-bit samples as they come, little end first, in pieces of any length.
#[derive(Debug, Default)]
pub(super) struct Peaks {
    loudest: Vec<u16>,
    now: u16,
    in_window: usize,
    samples: u64,
    half: Option<u8>,
}

impl Peaks {
    pub(super) fn take(&mut self, bytes: &[u8]) {
        let mut bytes = bytes;
        if let (Some(low), Some((high, rest))) = (self.half, bytes.split_first()) {
            self.sample(i16::from_le_bytes([low, *high]));
            self.half = None;
            bytes = rest;
        }
        let (pairs, rest) = bytes.as_chunks::<2>();
        for pair in pairs {
            self.sample(i16::from_le_bytes(*pair));
        }
        if let [low] = rest {
            self.half = Some(*low);
        }
    }

    fn sample(&mut self, sample: i16) {
        self.now = self.now.max(sample.unsigned_abs());
        self.samples += 1;
        self.in_window += 1;
        if self.in_window == WINDOW {
            self.loudest.push(self.now);
            (self.now, self.in_window) = (0, 0);
        }
    }

    /// Milliseconds of what has come.
    pub(super) fn duration_ms(&self) -> i64 {
        i64::try_from(self.samples * 1_000 / u64::from(RATE)).unwrap_or(i64::MAX)
    }

    /// At most [`PEAKS`] values from 0 (silence) to 255 (as loud as can be), evenly over the time.
    pub(super) fn finish(mut self) -> Vec<u8> {
        if self.in_window > 0 {
            self.loudest.push(self.now);
        }
        let count = self.loudest.len();
        let wanted = count.min(PEAKS);
        let part = |index: usize| {
            let (from, to) = (index * count / wanted, (index + 1) * count / wanted);
            let loudest = self.loudest.get(from..to).unwrap_or_default().iter().copied().max().unwrap_or_default();
            u8::try_from(u32::from(loudest) * 255 / 32_768).unwrap_or(u8::MAX)
        };
        (0..wanted).map(part).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pieces: &[&[u8]]) -> Peaks {
        let mut peaks = Peaks::default();
        for piece in pieces {
            peaks.take(piece);
        }
        peaks
    }

    #[test]
    fn silence_noise_and_nothing() {
        assert_eq!(of(&[]).finish(), Vec::<u8>::new());
        assert_eq!(of(&[&[0; 16_000]]).finish(), vec![0; 100]);
        let loudest = i16::MIN.to_le_bytes().repeat(8_000);
        assert_eq!(of(&[&loudest]).finish(), vec![255; 100]);
        assert_eq!(of(&[&loudest]).duration_ms(), 1_000);
        assert_eq!(of(&[&[0; 1_600_000]]).finish().len(), PEAKS);
    }

    #[test]
    fn a_sound_stands_at_its_time() {
        let mut samples = vec![0_u8; 16_000 * 10];
        samples[80_000..80_002].copy_from_slice(&i16::MAX.to_le_bytes());
        let peaks = of(&[&samples]).finish();
        assert_eq!(peaks.iter().position(|peak| *peak > 0), Some(PEAKS / 2));
        assert_eq!(peaks.iter().filter(|peak| **peak > 0).count(), 1);
    }

    #[test]
    fn how_it_is_cut_makes_no_difference() {
        let samples: Vec<u8> = (0..5_000_u32).map(|n| u8::try_from(n * 37 % 251).unwrap()).collect();
        let whole = of(&[&samples]).finish();
        for cut in 0..samples.len() {
            let (first, second) = samples.split_at(cut);
            assert_eq!(of(&[first, &[], second]).finish(), whole, "cut at {cut}");
        }
    }
}
