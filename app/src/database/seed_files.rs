//! Files of the demo story: a few seconds of sound, made here, so that there is something to play.

use bytes::Bytes;
use loco_rs::app::AppContext;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::{
    Ledgerline,
    error::{Error, Result},
    files::{Kind, add},
    tenant::{Actor, TenantTx},
};

const RATE: u32 = 22_050;
const SECONDS: u32 = 6;

/// Puts a mix into a project, as checked as an upload is in the end.
pub(super) async fn mix(ctx: &AppContext, actor: &Actor, project_id: Uuid, filename: &str, pitch: f64) -> Result<()> {
    let bytes = Bytes::from(wave(pitch));
    let by = actor.user_id().ok_or_else(|| Error::internal("the story is told by a member"))?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    let checked = add::Checked {
        project_id,
        uploaded_by: by,
        kind: Kind::WorkInProgress,
        filename,
        content_type: "audio/x-wav",
        sha256: Sha256::digest(&bytes).into(),
        bytes: i64::try_from(bytes.len()).map_err(Error::internal)?,
    };
    let path = add::add_checked(&mut tx, &checked).await?;
    Ledgerline::of(ctx).storage.put(&path, bytes).await?;
    tx.commit().await
}

/// A chord that fades, as a WAV file of 16 bits, one channel.
fn wave(pitch: f64) -> Vec<u8> {
    let samples = RATE * SECONDS;
    let data = samples * 2;
    let mut file = Vec::with_capacity(44 + data as usize);
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(36 + data).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt ");
    file.extend_from_slice(&16_u32.to_le_bytes());
    file.extend_from_slice(&1_u16.to_le_bytes());
    file.extend_from_slice(&1_u16.to_le_bytes());
    file.extend_from_slice(&RATE.to_le_bytes());
    file.extend_from_slice(&(RATE * 2).to_le_bytes());
    file.extend_from_slice(&2_u16.to_le_bytes());
    file.extend_from_slice(&16_u16.to_le_bytes());
    file.extend_from_slice(b"data");
    file.extend_from_slice(&data.to_le_bytes());
    for sample in 0..samples {
        let at = f64::from(sample) / f64::from(RATE);
        let fade = (-at / 2.0).exp() * (1.0 - (-at * 60.0).exp());
        let tone = |ratio: f64| (at * pitch * ratio * std::f64::consts::TAU).sin();
        let level = fade * (tone(1.0) + 0.7 * tone(1.25) + 0.5 * tone(1.5)) / 2.2;
        #[expect(clippy::cast_possible_truncation, reason = "a level from -1 to 1, times what 16 bits hold")]
        file.extend_from_slice(&((level * 28_000.0) as i16).to_le_bytes());
    }
    file
}
