//! FFmpeg, as a process of its own with nothing of ours in its environment, bounded in memory, output and threads: what it
//! reads comes from strangers.

use std::{io, path::Path, process::Stdio};

use serde::Deserialize;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _},
    process::{Child, Command},
};

use super::peaks::{self, Peaks};
use crate::settings::Files;

/// Address space of a process.
const MEMORY_BYTES: u64 = 4 << 30;
/// Largest output.
const OUTPUT_BYTES: u64 = 4 << 30;
/// Larger pictures are not decoded.
const PIXELS: &str = "200000000";
/// A report of what is in a file is read up to here.
const REPORT_BYTES: usize = 1 << 20;
/// What it says is kept up to here.
const SAID_BYTES: usize = 4_000;

/// Why nothing was made.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// The file is not what it says it is, or too much of it; another attempt would say the same.
    #[error("{0}")]
    Unreadable(String),
    /// The program cannot be run here.
    #[error("{program} cannot be run: {source}. Install FFmpeg, or say where it is with FFMPEG_PATH and FFPROBE_PATH.")]
    Missing {
        /// Its name.
        program: String,
        /// What the system says.
        source: io::Error,
    },
    /// The machine failed.
    #[error("a process or file of this machine failed")]
    Machine(#[from] io::Error),
}

/// What there is in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Probed {
    pub(super) has_audio: bool,
    /// Width and height of moving or still pictures, as they are seen; covers of albums are none.
    pub(super) picture: Option<(i32, i32)>,
    pub(super) duration_ms: Option<i64>,
}

#[derive(Deserialize)]
struct Report {
    #[serde(default)]
    streams: Vec<StreamReport>,
    #[serde(default)]
    frames: Vec<FrameReport>,
    #[serde(default)]
    format: FormatReport,
}

#[derive(Default, Deserialize)]
struct FormatReport {
    duration: Option<String>,
}

#[derive(Deserialize)]
struct StreamReport {
    codec_type: Option<String>,
    width: Option<i32>,
    height: Option<i32>,
    #[serde(default)]
    disposition: Disposition,
    #[serde(default)]
    side_data_list: Vec<SideData>,
}

#[derive(Deserialize)]
struct FrameReport {
    #[serde(default)]
    side_data_list: Vec<SideData>,
}

#[derive(Default, Deserialize)]
struct Disposition {
    #[serde(default)]
    attached_pic: u8,
}

#[derive(Deserialize)]
struct SideData {
    rotation: Option<i32>,
}

/// A file on this machine and who reads it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Input<'a> {
    pub(super) settings: &'a Files,
    pub(super) path: &'a Path,
    pub(super) demuxer: &'a str,
}

impl Input<'_> {
    /// What there is in the file.
    ///
    /// # Errors
    /// See [`MediaError`].
    pub(super) async fn probe(&self, is_still: bool) -> Result<Probed, MediaError> {
        let mut command = bounded(&self.settings.ffprobe);
        let entries =
            "format=duration:stream=codec_type,width,height:stream_disposition=attached_pic:stream_side_data=rotation";
        command.args(["-v", "error", "-print_format", "json", "-show_entries"]);
        if is_still {
            // how a camera was held stands in the picture itself
            command.arg(format!("{entries}:frame_side_data=rotation")).args(["-read_intervals", "%+#1"]);
        } else {
            command.arg(entries);
        }
        self.read_by(&mut command);
        let mut out = Vec::new();
        let keep = |bytes: &[u8]| out.extend(bytes.iter().take(REPORT_BYTES.saturating_sub(out.len())));
        run(start(&mut command, &self.settings.ffprobe)?, keep).await?;
        let report: Report = serde_json::from_slice(&out)
            .map_err(|error| MediaError::Unreadable(format!("FFprobe's report cannot be read: {error}")))?;
        Ok(probed(&report))
    }

    /// How loud it is over its time.
    ///
    /// # Errors
    /// See [`MediaError`].
    pub(super) async fn peaks(&self) -> Result<Peaks, MediaError> {
        let mut command = self.decode();
        command.args(["-map", "0:a:0", "-vn", "-ac", "1", "-ar", &peaks::RATE.to_string(), "-f", "s16le", "pipe:1"]);
        let mut peaks = Peaks::default();
        run(start(&mut command, &self.settings.ffmpeg)?, |bytes| peaks.take(bytes)).await?;
        Ok(peaks)
    }

    /// Writes what `options` ask for to `output`, and answers its size.
    ///
    /// # Errors
    /// See [`MediaError`].
    pub(super) async fn write(&self, seek: Option<&str>, options: &[&str], output: &Path) -> Result<u64, MediaError> {
        let mut command = match seek {
            Some(at) => self.decode_from(at),
            None => self.decode(),
        };
        // nothing that stands in the original beside sound and pictures: names, places, cameras
        command
            .args(["-map_metadata", "-1", "-map_chapters", "-1", "-threads", "2"])
            .args(options)
            .arg("-y")
            .arg(output);
        run(start(&mut command, &self.settings.ffmpeg)?, |_| {}).await?;
        match tokio::fs::metadata(output).await?.len() {
            0 => Err(MediaError::Unreadable("FFmpeg made nothing of it".to_owned())),
            size => Ok(size),
        }
    }

    fn decode(&self) -> Command {
        let mut command = self.begin();
        self.read_by(&mut command);
        command
    }

    fn decode_from(&self, at: &str) -> Command {
        let mut command = self.begin();
        command.args(["-ss", at]);
        self.read_by(&mut command);
        command
    }

    fn begin(&self) -> Command {
        let mut command = bounded(&self.settings.ffmpeg);
        command.args(["-hide_banner", "-nostdin", "-v", "error", "-max_pixels", PIXELS, "-threads", "2"]);
        command
    }

    fn read_by(&self, command: &mut Command) {
        command.args(["-protocol_whitelist", "file", "-f", self.demuxer, "-i"]).arg(self.path);
    }
}

/// The program with limits, and without what our own environment holds.
fn bounded(program: &str) -> Command {
    let mut command = if cfg!(target_os = "linux") {
        let mut command = Command::new("prlimit");
        command.arg(format!("--as={MEMORY_BYTES}")).arg(format!("--fsize={OUTPUT_BYTES}")).arg("--core=0").arg(program);
        command
    } else {
        Command::new(program)
    };
    command.env_clear();
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

fn start(command: &mut Command, program: &str) -> Result<Child, MediaError> {
    command.spawn().map_err(|source| MediaError::Missing { program: program.to_owned(), source })
}

/// Gives `each` what the process writes, piece by piece, until it ends well.
async fn run(mut child: Child, mut each: impl FnMut(&[u8])) -> Result<(), MediaError> {
    let (mut out, mut said) = (child.stdout.take(), child.stderr.take());
    let (_, said) = tokio::try_join!(pour(out.as_mut(), |bytes| each(bytes)), async {
        let mut kept = Vec::new();
        pour(said.as_mut(), |bytes| {
            kept.extend(bytes.iter().take(SAID_BYTES.saturating_sub(kept.len())));
        })
        .await?;
        Ok(String::from_utf8_lossy(&kept).into_owned())
    })?;
    let status = child.wait().await?;
    if status.success() {
        return Ok(());
    }
    let last = said.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or("it says nothing");
    // prlimit's own words for a program that is not there
    if status.code() == Some(127) || said.contains("failed to execute") {
        let source = io::Error::new(io::ErrorKind::NotFound, last.to_owned());
        return Err(MediaError::Missing { program: "FFmpeg".to_owned(), source });
    }
    Err(MediaError::Unreadable(last.chars().filter(|c| !c.is_control()).take(300).collect()))
}

async fn pour(from: Option<&mut (impl AsyncRead + Unpin)>, mut each: impl FnMut(&[u8])) -> io::Result<()> {
    let Some(from) = from else { return Ok(()) };
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match from.read(&mut buffer).await? {
            0 => return Ok(()),
            count => each(buffer.get(..count).unwrap_or_default()),
        }
    }
}

fn probed(report: &Report) -> Probed {
    let is = |stream: &&StreamReport, kind: &str| stream.codec_type.as_deref() == Some(kind);
    let picture = report.streams.iter().find(|stream| is(stream, "video") && stream.disposition.attached_pic == 0);
    let picture = picture.and_then(|stream| {
        let (width, height) = stream.width.zip(stream.height).filter(|(width, height)| *width > 0 && *height > 0)?;
        let data = stream.side_data_list.iter().chain(report.frames.iter().flat_map(|frame| &frame.side_data_list));
        let turned = data.filter_map(|data| data.rotation).any(|angle| angle % 180 != 0);
        Some(if turned { (height, width) } else { (width, height) })
    });
    let seconds = report.format.duration.as_deref().and_then(|text| text.parse::<f64>().ok());
    #[expect(clippy::cast_possible_truncation, reason = "bounded before")]
    let duration_ms = seconds.filter(|seconds| (0.0..1e9).contains(seconds)).map(|seconds| (seconds * 1_000.0) as i64);
    Probed { has_audio: report.streams.iter().any(|stream| is(&stream, "audio")), picture, duration_ms }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_read() {
        let read = |json: &str| probed(&serde_json::from_str(json).unwrap());
        let song = r#"{"streams":[{"codec_type":"audio","disposition":{"attached_pic":0}},
          {"codec_type":"video","width":600,"height":600,"disposition":{"attached_pic":1}}],"format":{"duration":"1.5"}}"#;
        assert_eq!(read(song), Probed { has_audio: true, picture: None, duration_ms: Some(1_500) });
        let film = r#"{"streams":[{"codec_type":"video","width":1920,"height":1080,"side_data_list":[{"rotation":-90}]}],
          "format":{"duration":"N/A"}}"#;
        assert_eq!(read(film), Probed { has_audio: false, picture: Some((1080, 1920)), duration_ms: None });
        let photo = r#"{"frames":[{"side_data_list":[{"rotation":-90}]}],
          "streams":[{"codec_type":"video","width":800,"height":400}]}"#;
        assert_eq!(read(photo).picture, Some((400, 800)));
        assert_eq!(read("{}"), Probed::default());
    }
}
