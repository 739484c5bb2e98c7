//! The published vectors of the standard, then everything that must be refused.

use super::*;
use crate::entropy::Seeded;
use crate::text::unhex;
use crate::token::Token;
use crate::vectors::{self, text};
use ciborium::Value;
use proptest::prelude::*;

fn bytes(case: &serde_json::Value, key: &str) -> Vec<u8> {
    unhex(text(case, key)).unwrap()
}

fn token(challenge: &[u8]) -> Token {
    use base64::Engine as _;
    Token::parse(&base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(challenge)).unwrap()
}

/// `authData` whatever the attestation's format is.
fn data_of(object: &[u8]) -> Vec<u8> {
    let map = cbor::map(object).unwrap();
    let (_, data) = map.into_iter().find(|(key, _)| key.as_text() == Some("authData")).unwrap();
    data.into_bytes().unwrap()
}

#[test]
fn the_published_ceremonies_come_out() {
    let file = vectors::load("webauthn");
    let party = RelyingParty::of(text(&file, "origin")).unwrap();
    assert_eq!(party.id(), text(&file, "rp_id"));
    for case in vectors::list(&file, "cases") {
        let (made, used) = (&case["registration"], &case["authentication"]);
        let challenge = token(&bytes(made, "challenge")).hash();
        let expected = Expected { party: &party, challenge: &challenge, user_verification: false };
        let object = bytes(made, "attestation_object");
        let answer = Attestation {
            credential: bytes(made, "credential_id"),
            client_data: bytes(made, "client_data_json"),
            object: object.clone(),
        };
        assert_eq!(challenge_of(&answer.client_data), Ok(challenge));
        let passkey = register(expected, &answer);
        let data = data_of(&object);
        let data = AuthenticatorData::parse(&data).unwrap();
        let (key, flags) = (data.attested.unwrap().public_key, data.flags);
        if text(case, "format") == "none" {
            let passkey = passkey.unwrap();
            assert_eq!((&passkey.credential, &passkey.public_key[..]), (&answer.credential, key));
            assert_eq!(passkey.backup_eligible, made["backup_eligible"].as_bool().unwrap());
            assert_eq!(passkey.backed_up, made["backed_up"].as_bool().unwrap());
        } else {
            assert_eq!(passkey, Err(PasskeyError::Attestation), "{case}");
        }

        let challenge = token(&bytes(used, "challenge")).hash();
        let expected = Expected { party: &party, challenge: &challenge, user_verification: false };
        let mut answer = Assertion {
            credential: answer.credential,
            client_data: bytes(used, "client_data_json"),
            authenticator_data: bytes(used, "authenticator_data"),
            signature: bytes(used, "signature"),
            user_handle: None,
        };
        let known = Known { public_key: key, sign_count: 0, backup_eligible: flags.backup_eligible() };
        assert_eq!(authenticate(expected, known, &answer).unwrap().sign_count, 0, "{}", case["name"]);
        for at in 0..answer.signature.len() {
            answer.signature[at] ^= 1;
            assert_eq!(authenticate(expected, known, &answer), Err(PasskeyError::Signature), "{at}");
            answer.signature[at] ^= 1;
        }
    }
}

fn here() -> RelyingParty {
    RelyingParty::of("https://id.example.org").unwrap()
}

fn soft(kind: Kind) -> SoftAuthenticator {
    let party = here();
    SoftAuthenticator::new(kind, party.origin(), party.id(), vec![7; 32], &mut Seeded::new(1))
}

fn challenge(n: u64) -> Token {
    Token::generate(&mut Seeded::new(n))
}

/// A registration judged here.
fn judged(answer: &Attestation) -> Result<NewPasskey, PasskeyError> {
    let (party, challenge) = (here(), challenge(1).hash());
    register(Expected { party: &party, challenge: &challenge, user_verification: true }, answer)
}

/// A use judged here, of a passkey that has signed so often.
fn used(of: &SoftAuthenticator, sign_count: u32, answer: &Assertion) -> Result<Used, PasskeyError> {
    let (party, challenge) = (here(), challenge(1).hash());
    let public_key = of.public_key();
    let known = Known { public_key: &public_key, sign_count, backup_eligible: false };
    authenticate(Expected { party: &party, challenge: &challenge, user_verification: true }, known, answer)
}

#[test]
fn a_passkey_of_either_kind_is_made_and_used() {
    for kind in [Kind::Es256, Kind::EdDsa] {
        let mut soft = soft(kind);
        let made = judged(&soft.create(&challenge(1).reveal())).unwrap();
        assert_eq!((&made.credential, &made.public_key), (&soft.credential, &soft.public_key()));
        assert!(!made.backup_eligible && !made.backed_up && made.sign_count == 0);
        let answer = soft.get(&challenge(1).reveal());
        assert_eq!(
            used(&soft, 0, &answer),
            Ok(Used { sign_count: 1, backed_up: false, user_verified: true })
        );
    }
}

#[test]
fn whatever_is_wrong_with_a_registration_has_a_name() {
    let refused = |change: fn(&mut SoftAuthenticator)| {
        let mut soft = soft(Kind::EdDsa);
        change(&mut soft);
        judged(&soft.create(&challenge(1).reveal())).unwrap_err()
    };
    assert_eq!(refused(|soft| soft.origin = "https://id.example.com".into()), PasskeyError::Origin);
    assert_eq!(refused(|soft| soft.origin = "http://id.example.org".into()), PasskeyError::Origin);
    assert_eq!(refused(|soft| soft.party = "example.org".into()), PasskeyError::RelyingParty);
    assert_eq!(refused(|soft| soft.flags = 0b100), PasskeyError::UserPresence);
    assert_eq!(refused(|soft| soft.flags = 0b001), PasskeyError::UserVerification);
    assert_eq!(refused(|soft| soft.flags = 0b1_0101), PasskeyError::Backup);
    assert_eq!(refused(|soft| soft.credential = vec![1; 15]), PasskeyError::CredentialId);
    assert_eq!(refused(|soft| soft.credential = vec![1; 1024]), PasskeyError::CredentialId);

    let good = soft(Kind::EdDsa);
    let answer = good.create(&challenge(1).reveal());
    assert_eq!(judged(&good.create(&challenge(2).reveal())), Err(PasskeyError::Challenge));
    assert_eq!(judged(&good.create("short")), Err(PasskeyError::Challenge));
    let other = Attestation { credential: vec![9; 32], ..answer.clone() };
    assert_eq!(judged(&other), Err(PasskeyError::CredentialId));
    let long = Attestation { object: vec![0; ATTESTATION_BYTES_MAX + 1], ..answer.clone() };
    assert_eq!(judged(&long), Err(PasskeyError::TooLarge));
    let long = Attestation { client_data: vec![b' '; CLIENT_DATA_BYTES_MAX + 1], ..answer.clone() };
    assert_eq!(judged(&long), Err(PasskeyError::TooLarge));
    let get =
        Attestation { client_data: soft(Kind::EdDsa).get(&challenge(1).reveal()).client_data, ..answer };
    assert_eq!(judged(&get), Err(PasskeyError::Ceremony));
}

fn written(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).unwrap();
    bytes
}

/// An attestation object around other data, of another format or statement.
fn around(data: Vec<u8>, format: &str, statement: Value) -> Attestation {
    let map = vec![
        ("fmt".into(), format.into()),
        ("attStmt".into(), statement),
        ("authData".into(), Value::Bytes(data)),
    ];
    Attestation { object: written(&Value::Map(map)), ..soft(Kind::EdDsa).create(&challenge(1).reveal()) }
}

#[test]
fn an_attestation_is_of_no_other_format_and_read_to_its_end() {
    let data = data_of(&soft(Kind::EdDsa).create(&challenge(1).reveal()).object);
    let empty = || Value::Map(Vec::new());
    assert!(judged(&around(data.clone(), "none", empty())).is_ok());
    assert_eq!(judged(&around(data.clone(), "packed", empty())), Err(PasskeyError::Attestation));
    let statement = Value::Map(vec![("x".into(), 1.into())]);
    assert_eq!(judged(&around(data.clone(), "none", statement)), Err(PasskeyError::Attestation));
    let more = [data.clone(), vec![0]].concat();
    assert_eq!(judged(&around(more, "none", empty())), Err(PasskeyError::AuthenticatorData));
    // Extensions are announced by a flag and are a map.
    for (extension, is_fine) in
        [(Value::Map(vec![("credProtect".into(), 2.into())]), true), (2.into(), false)]
    {
        let mut more = [data.clone(), written(&extension)].concat();
        more[32] |= 0x80;
        assert_eq!(judged(&around(more, "none", empty())).is_ok(), is_fine);
    }
    for length in 0..data.len() {
        let cut = around(data[..length].to_vec(), "none", empty());
        assert_eq!(judged(&cut), Err(PasskeyError::AuthenticatorData), "{length}");
    }
    let twice =
        Value::Map(vec![("fmt".into(), "none".into()), ("fmt".into(), "none".into()), (1.into(), 1.into())]);
    for object in
        [Vec::new(), vec![0xff], vec![0x9f; 100], vec![0x81; 100], written(&twice), written(&empty())]
    {
        let odd = Attestation { object, ..soft(Kind::EdDsa).create(&challenge(1).reveal()) };
        assert_eq!(judged(&odd), Err(PasskeyError::Attestation));
    }
    // Bytes of a length that nobody has: 2⁶³.
    let huge = [&[0x5b, 0x80, 0, 0, 0, 0, 0, 0, 0][..], &[1; 50]].concat();
    let odd = Attestation { object: huge, ..soft(Kind::EdDsa).create(&challenge(1).reveal()) };
    assert_eq!(judged(&odd), Err(PasskeyError::Attestation));
}

#[test]
fn a_key_is_of_an_offered_algorithm_and_on_its_curve() {
    let key = |members: &[(i64, Value)]| {
        let map = members.iter().map(|(label, value)| (Value::from(*label), value.clone())).collect();
        cose::parse(&written(&Value::Map(map))).map(|_| ())
    };
    let number = |n: i64| Value::from(n);
    let bytes = |n: usize, byte: u8| Value::Bytes(vec![byte; n]);
    let wrong = Err(PasskeyError::PublicKey);
    let good = soft(Kind::Es256).public_key();
    assert!(cose::parse(&good).is_ok());
    // ES384, a point beside the curve, a coordinate too short, a member too many, one missing.
    assert_eq!(
        key(&[(1, number(2)), (3, number(-35)), (-1, number(2)), (-2, bytes(48, 1)), (-3, bytes(48, 1))]),
        wrong
    );
    assert_eq!(
        key(&[(1, number(2)), (3, number(-7)), (-1, number(1)), (-2, bytes(32, 1)), (-3, bytes(32, 1))]),
        wrong
    );
    assert_eq!(
        key(&[(1, number(2)), (3, number(-7)), (-1, number(1)), (-2, bytes(31, 1)), (-3, bytes(32, 1))]),
        wrong
    );
    let mut members = cbor::map(&good).unwrap();
    members.push((number(4), number(1)));
    assert!(cose::parse(&written(&Value::Map(members.clone()))).is_err());
    members.truncate(4);
    assert!(cose::parse(&written(&Value::Map(members))).is_err());
    // RSA too short, and with a leading zero.
    let e = || Value::Bytes(vec![1, 0, 1]);
    assert_eq!(key(&[(1, number(3)), (3, number(-257)), (-1, bytes(128, 0xff)), (-2, e())]), wrong);
    assert_eq!(key(&[(1, number(3)), (3, number(-257)), (-1, bytes(256, 0)), (-2, e())]), wrong);
    assert_eq!(key(&[(1, number(1)), (3, number(-8)), (-1, number(6)), (-2, bytes(33, 1))]), wrong);
    assert!(cose::parse(&[]).is_err() && cose::parse(&[good, vec![0]].concat()).is_err());
}

#[test]
fn whatever_is_wrong_with_a_use_has_a_name() {
    let refused = |change: fn(&mut SoftAuthenticator)| {
        let mut soft = soft(Kind::Es256);
        change(&mut soft);
        let answer = soft.get(&challenge(1).reveal());
        used(&soft, 0, &answer).unwrap_err()
    };
    assert_eq!(refused(|soft| soft.origin = "https://evil.example".into()), PasskeyError::Origin);
    assert_eq!(refused(|soft| soft.party = "evil.example".into()), PasskeyError::RelyingParty);
    assert_eq!(refused(|soft| soft.flags = 0b100), PasskeyError::UserPresence);
    assert_eq!(refused(|soft| soft.flags = 0b001), PasskeyError::UserVerification);
    assert_eq!(refused(|soft| soft.flags = 0b1101), PasskeyError::Backup);

    let mut good = soft(Kind::Es256);
    let answer = good.get(&challenge(1).reveal());
    let stranger = SoftAuthenticator::new(Kind::Es256, "", "", Vec::new(), &mut Seeded::new(2));
    assert_eq!(used(&stranger, 0, &answer), Err(PasskeyError::Signature));
    let other = good.get(&challenge(2).reveal());
    assert_eq!(used(&good, 0, &other), Err(PasskeyError::Challenge));
    let swapped = Assertion { client_data: good.get(&challenge(1).reveal()).client_data, ..other };
    assert_eq!(used(&good, 0, &swapped), Err(PasskeyError::Signature));
    let mut counted = answer.clone();
    counted.authenticator_data[36] ^= 2;
    assert_eq!(used(&good, 0, &counted), Err(PasskeyError::Signature));
    for (part, max) in
        [(0, CLIENT_DATA_BYTES_MAX), (1, AUTHENTICATOR_DATA_BYTES_MAX), (2, SIGNATURE_BYTES_MAX)]
    {
        let mut long = answer.clone();
        [&mut long.client_data, &mut long.authenticator_data, &mut long.signature][part].resize(max + 1, 0);
        assert_eq!(used(&good, 0, &long), Err(PasskeyError::TooLarge));
    }
    // A registration is no use.
    let data = data_of(&good.create(&challenge(1).reveal()).object);
    let attested = Assertion { authenticator_data: data, ..answer };
    assert_eq!(used(&good, 0, &attested), Err(PasskeyError::AuthenticatorData));
}

#[test]
fn a_counter_counts_up_or_not_at_all() {
    let after = |stored: u32, says: u32| {
        let mut soft = soft(Kind::EdDsa);
        // It counts before it answers.
        soft.sign_count = says.wrapping_sub(1);
        let answer = soft.get(&challenge(1).reveal());
        used(&soft, stored, &answer).map(|used| used.sign_count)
    };
    assert_eq!(after(0, 0), Ok(0));
    assert_eq!(after(0, 1), Ok(1));
    assert_eq!(after(5, 6), Ok(6));
    for back in [5, 4, 0] {
        assert_eq!(after(5, back), Err(PasskeyError::Counter));
    }
}

#[test]
fn our_pages_are_framed_by_nobody() {
    let party = here();
    let challenge = challenge(1);
    let hash = challenge.hash();
    let expected = Expected { party: &party, challenge: &hash, user_verification: true };
    let check = |further: &str| {
        let text = format!(
            r#"{{"type":"webauthn.get","challenge":"{}","origin":"https://id.example.org"{further}}}"#,
            challenge.reveal()
        );
        client_data::check(text.as_bytes(), Ceremony::Get, expected)
    };
    assert_eq!(check(""), Ok(()));
    assert_eq!(check(r#","crossOrigin":false,"other_keys_can_be_added_here":"x""#), Ok(()));
    assert_eq!(check(r#","crossOrigin":true"#), Err(PasskeyError::Origin));
    assert_eq!(check(r#","topOrigin":"https://id.example.org""#), Err(PasskeyError::Origin));
    assert_eq!(check(r#","origin":"https://id.example.org""#), Err(PasskeyError::ClientData));
    assert_eq!(challenge_of(b"not json"), Err(PasskeyError::ClientData));
    assert_eq!(challenge_of(&[b' '; CLIENT_DATA_BYTES_MAX + 1]), Err(PasskeyError::TooLarge));
}

#[test]
fn passkeys_need_a_name_and_tls() {
    let of =
        |url: &str| RelyingParty::of(url).map(|party| (party.id().to_owned(), party.origin().to_owned()));
    let both = |id: &str, origin: &str| Some((id.to_owned(), origin.to_owned()));
    assert_eq!(of("https://ID.example.org/"), both("id.example.org", "https://id.example.org"));
    assert_eq!(of("https://id.example.org:443"), both("id.example.org", "https://id.example.org"));
    assert_eq!(of("https://id.example.org:8443"), both("id.example.org", "https://id.example.org:8443"));
    assert_eq!(of("http://localhost:8080"), both("localhost", "http://localhost:8080"));
    for none in
        ["http://id.example.org", "https://127.0.0.1", "https://[::1]", "https://", "x", "https://a@b"]
    {
        assert_eq!(of(none), None, "{none}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_judged(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let answer = Attestation { object: bytes.clone(), ..soft(Kind::EdDsa).create(&challenge(1).reveal()) };
        prop_assert!(judged(&answer).is_err());
        prop_assert!(AuthenticatorData::parse(&bytes).is_err() || bytes.len() >= 37);
        prop_assert!(cose::parse(&bytes).is_err());
        let _ = challenge_of(&bytes);
    }

    #[test]
    fn a_flipped_bit_changes_the_passkey_or_is_refused(at in 0_usize..1000, bit in 0_u8..8) {
        let mut answer = soft(Kind::EdDsa).create(&challenge(1).reveal());
        let good = judged(&answer).unwrap();
        let length = answer.object.len();
        let data_at = length - data_of(&answer.object).len();
        let at = at % length;
        answer.object[at] ^= 1 << bit;
        // What nobody looks at: the make of the authenticator, and two flags that mean nothing yet.
        let make = (37..53).contains(&(at.wrapping_sub(data_at)));
        let unused = at.wrapping_sub(data_at) == 32 && matches!(bit, 1 | 5);
        prop_assert_eq!(judged(&answer) == Ok(good), make || unused);
    }
}
