// The signature of a credential or a status list: Data Integrity, eddsa-rdfc-2022. Nothing is fetched: contexts and keys are here.
//
// Ed25519 and SHA-2 in plain script, not WebCrypto: phones before 2025 have no Ed25519 there, and a page opened from the phone's
// own storage has no WebCrypto at all.

import * as ed25519 from '@noble/ed25519';
import {sha256, sha512} from '@noble/hashes/sha2.js';
import {bytesToHex, concatBytes, utf8ToBytes} from '@noble/hashes/utils.js';
import {base58} from '@scure/base';
import jsonld from 'jsonld';
import {canonize} from 'rdf-canonize';
import {CONTEXTS, CREDENTIALS, OPEN_BADGES} from './contexts.mjs';

ed25519.hashes.sha512 = sha512;

/** Whether the document is, word for word, what the key in its proof signed. Throws nothing: what cannot be read is not. */
export async function isAsSigned(document, key) {
  try {
    const {proof, ...rest} = document;
    if (proof.type !== 'DataIntegrityProof' || proof.cryptosuite !== 'eddsa-rdfc-2022') return false;
    if (proof.proofPurpose !== 'assertionMethod' || hasKeyword(proof) || !isPlain(rest)) return false;
    const {proofValue, ...config} = proof;
    const said = [{'@context': document['@context'], ...config}, rest];
    const digest = concatBytes(...await Promise.all(said.map(async (one) => sha256(utf8ToBytes(await canonical(one))))));
    return ed25519.verify(decoded(proofValue), digest, publicKey(key), {zip215: false});
  } catch {
    return false;
  }
}

/** The key that the proof names, behind the # of its address; whose it is must be asked elsewhere. */
export const keyNamed = (document) => String(document?.proof?.verificationMethod ?? '').split('#')[1] ?? '';

// What is shown is read by the names of the fields, what is signed is their meaning. So no field may be given another meaning:
// exactly our contexts, at the top only, and no keywords of the language below.
function isPlain({'@context': contexts, ...rest}) {
  const [first, ...others] = contexts;
  const own = others.find((one) => typeof one === 'object');
  const known = own
    ? [CREDENTIALS, OPEN_BADGES, {asn: {'@id': String(own.asn?.['@id']), '@prefix': true}}]
    : [CREDENTIALS];
  return JSON.stringify([first, ...others]) === JSON.stringify(known) && !hasKeyword(rest);
}

function hasKeyword(value) {
  if (Array.isArray(value)) return value.some(hasKeyword);
  if (value === null || typeof value !== 'object') return false;
  return Object.entries(value).some(([name, one]) => name.startsWith('@') || hasKeyword(one));
}

async function canonical(document) {
  const dataset = await jsonld.toRDF(document, {
    base: null, documentLoader: load, produceGeneralizedRdf: false, rdfDirection: 'i18n-datatype', safe: true,
  });
  return canonize(dataset, {algorithm: 'RDFC-1.0', createMessageDigest: () => new Digest(), format: 'application/n-quads'});
}

async function load(url) {
  const document = CONTEXTS.get(url);
  if (!document) throw new Error(`No such context here: ${url}`);
  return {contextUrl: null, document, documentUrl: url};
}

class Digest {
  #hash = sha256.create();

  update(text) {
    this.#hash.update(utf8ToBytes(text));
  }

  digest() {
    return bytesToHex(this.#hash.digest());
  }
}

function decoded(multibase) {
  if (multibase[0] !== 'z') throw new Error('Not base58btc');
  return base58.decode(multibase.slice(1));
}

function publicKey(multikey) {
  const bytes = decoded(multikey);
  if (bytes.length !== 34 || bytes[0] !== 0xed || bytes[1] !== 0x01) throw new Error('Not an Ed25519 key');
  return bytes.slice(2);
}
