//! AES-256 in CBC mode with PKCS #7 padding, the initial vector in front, all in base64.

use aes::cipher::{Array, BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use aes::{Aes256Dec, Aes256Enc};

use crate::Value;
use crate::template::sprig::args::{Answer, Args};
use crate::template::sprig::encoding::from_base64;
use crate::template::sprig::random;
use crate::template::sprig::text::string;
use crate::template::{Call, FnError};

const BLOCK: usize = 16;

/// The first 32 bytes of the password, filled with zeros.
fn key(password: &[u8]) -> [u8; 32] {
    let mut key = [0; 32];
    key.iter_mut().zip(password).for_each(|(place, byte)| *place = *byte);
    key
}

pub(super) fn encrypt(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let text = args.text(1);
    if text.is_empty() {
        return Ok(Value::from(""));
    }
    call.build(text.len().saturating_mul(2))?;
    let padding = BLOCK - text.len() % BLOCK;
    let mut content = text.to_vec();
    content.resize(text.len() + padding, u8::try_from(padding).unwrap_or(0));
    let cipher = Aes256Enc::new(&Array::from(key(args.text(0))));
    let mut out = random::bytes(call, BLOCK);
    let mut before = block(&out);
    for chunk in content.chunks(BLOCK) {
        let mut next = Array::from(xor(block(chunk), before));
        cipher.encrypt_block(&mut next);
        before = next.into();
        out.extend_from_slice(&before);
    }
    Ok(string(crate::base64::encode(&out)))
}

pub(super) fn decrypt(call: &mut Call<'_>, args: &[Value]) -> Answer {
    if args.text(1).is_empty() {
        return Ok(Value::from(""));
    }
    call.build(args.text(1).len())?;
    let bytes = from_base64(args.text(1))?;
    let Some((vector, content)) = bytes.split_at_checked(BLOCK) else {
        // Go's decoder makes room for three bytes of each four characters.
        let capacity = args.text(1).len() / 4 * 3;
        return Err(bounds(format!("[:{BLOCK}] with capacity {capacity}")));
    };
    if content.len() % BLOCK != 0 {
        return Err(FnError::message("crypto/cipher: input not full blocks"));
    }
    let cipher = Aes256Dec::new(&Array::from(key(args.text(0))));
    let mut out = Vec::with_capacity(content.len());
    let mut before = block(vector);
    for chunk in content.chunks(BLOCK) {
        let mut next = Array::from(block(chunk));
        cipher.decrypt_block(&mut next);
        out.extend_from_slice(&xor(next.into(), before));
        before = block(chunk);
    }
    let Some(padding) = out.last().copied() else {
        return Err(FnError::message("runtime error: index out of range [-1]"));
    };
    match out.len().checked_sub(usize::from(padding)) {
        Some(length) => out.truncate(length),
        None => return Err(bounds(format!("[:-{}]", usize::from(padding) - out.len()))),
    }
    Ok(string(out))
}

fn bounds(shown: String) -> FnError {
    FnError::message(format!("runtime error: slice bounds out of range {shown}"))
}

fn block(bytes: &[u8]) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    block.iter_mut().zip(bytes).for_each(|(place, byte)| *place = *byte);
    block
}

fn xor(mut a: [u8; BLOCK], b: [u8; BLOCK]) -> [u8; BLOCK] {
    a.iter_mut().zip(b).for_each(|(a, b)| *a ^= b);
    a
}
