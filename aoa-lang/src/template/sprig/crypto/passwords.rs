//! Passwords: bcrypt, and the Master Password algorithm of `derivePassword`.

use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};
use base64::{Engine, alphabet};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::Value;
use crate::template::sprig::args::{Answer, Args};
use crate::template::sprig::random;
use crate::template::sprig::text::string;
use crate::template::{Call, FnError};

/// The steps that one bcrypt takes of the budget: tens of milliseconds of work.
const BCRYPT_STEPS: usize = 500_000;
/// The steps that one scrypt takes of the budget.
const SCRYPT_STEPS: usize = 2_000_000;
/// `bcrypt.DefaultCost`.
const COST: u32 = 10;
const DIGITS: GeneralPurpose = GeneralPurpose::new(&alphabet::BCRYPT, NO_PAD);

pub(super) fn bcrypt(call: &mut Call<'_>, args: &[Value]) -> Answer {
    Ok(string(hashed(call, args.text(0))?))
}

pub(super) fn htpasswd(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let user = args.text(0);
    if user.contains(&b':') {
        return Ok(string([b"invalid username: ", user].concat()));
    }
    let hash = hashed(call, args.text(1))?;
    Ok(string([user, b":", &hash].concat()))
}

/// The hash, or the text of what is wrong.
fn hashed(call: &mut Call<'_>, password: &[u8]) -> Result<Vec<u8>, FnError> {
    if password.len() > 72 {
        let text = "failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes";
        return Ok(text.into());
    }
    call.steps(BCRYPT_STEPS)?;
    let mut salt = [0; 16];
    salt.iter_mut().zip(random::bytes(call, 16)).for_each(|(place, byte)| *place = byte);
    let terminated = [password, b"\0"].concat();
    let hash = bcrypt::bcrypt(COST, salt, terminated.get(..72).unwrap_or(&terminated));
    // The last byte of the hash is not kept.
    let hash = hash.get(..23).unwrap_or_default();
    Ok(format!("$2a$10${}{}", DIGITS.encode(salt), DIGITS.encode(hash)).into_bytes())
}

const SEED: &[u8] = b"com.lyndir.masterpassword";

/// The forms of a kind of password: each letter stands for a class of characters.
fn forms(kind: &[u8]) -> Option<&'static [&'static str]> {
    Some(match kind {
        b"maximum" => &["anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"],
        b"long" => &[
            "CvcvnoCvcvCvcv",
            "CvcvCvcvnoCvcv",
            "CvcvCvcvCvcvno",
            "CvccnoCvcvCvcv",
            "CvccCvcvnoCvcv",
            "CvccCvcvCvcvno",
            "CvcvnoCvccCvcv",
            "CvcvCvccnoCvcv",
            "CvcvCvccCvcvno",
            "CvcvnoCvcvCvcc",
            "CvcvCvcvnoCvcc",
            "CvcvCvcvCvccno",
            "CvccnoCvccCvcv",
            "CvccCvccnoCvcv",
            "CvccCvccCvcvno",
            "CvcvnoCvccCvcc",
            "CvcvCvccnoCvcc",
            "CvcvCvccCvccno",
            "CvccnoCvcvCvcc",
            "CvccCvcvnoCvcc",
            "CvccCvcvCvccno",
        ],
        b"medium" => &["CvcnoCvc", "CvcCvcno"],
        b"short" => &["Cvcn"],
        b"basic" => &["aaanaaan", "aannaaan", "aaannaaa"],
        b"pin" => &["nnnn"],
        _ => return None,
    })
}

fn class(letter: u8) -> &'static [u8] {
    match letter {
        b'V' => b"AEIOU",
        b'C' => b"BCDFGHJKLMNPQRSTVWXYZ",
        b'v' => b"aeiou",
        b'c' => b"bcdfghjklmnpqrstvwxyz",
        b'A' => b"AEIOUBCDFGHJKLMNPQRSTVWXYZ",
        b'a' => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz",
        b'n' => b"0123456789",
        b'o' => b"@&%?,=[]_:-+*$#!'^~;()/.",
        _ => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()",
    }
}

pub(super) fn derive_password(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let counter = match args.any(0) {
        Value::Uint(_, n) => u32::try_from(*n).unwrap_or(0),
        _ => 0,
    };
    let (kind, password, user, site) = (args.text(1), args.text(2), args.text(3), args.text(4));
    let Some(forms) = forms(kind) else {
        return Ok(string([b"cannot find password template ", kind].concat()));
    };
    call.steps(SCRYPT_STEPS)?;
    let length = |text: &[u8]| u32::try_from(text.len()).unwrap_or(0).to_be_bytes();
    let salt = [SEED, &length(user), user].concat();
    let mut key = [0; 64];
    let internal =
        |_| FnError::Abort(crate::Error::new(crate::ErrorKind::Internal, "scrypt refuses its parameters"));
    let parameters = scrypt::Params::new(15, 8, 2).map_err(internal)?;
    if scrypt::scrypt(password, &salt, &parameters, &mut key).is_err() {
        return Ok(Value::from("failed to derive password"));
    }
    let message = [SEED, &length(site), site, &counter.to_be_bytes()].concat();
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&key) else {
        return Ok(Value::from("failed to derive password"));
    };
    mac.update(&message);
    let seed = mac.finalize().into_bytes();
    let (first, rest) = seed.split_first().unwrap_or((&0, &[]));
    let form = forms.get(usize::from(*first) % forms.len()).copied().unwrap_or_default();
    let letters = form.bytes().zip(rest).map(|(letter, byte)| {
        let class = class(letter);
        class.get(usize::from(*byte) % class.len()).copied().unwrap_or_default()
    });
    Ok(string(letters.collect::<Vec<u8>>()))
}
