// What is to be said of a credential: one word, and what stands behind it.

import {gunzipSync} from 'fflate';
import {base64urlnopad} from '@scure/base';
import {isAsSigned, keyNamed} from './proof.mjs';

const LEAST_BYTES = 16384;
const MOST_BYTES = 1 << 20;

const hasType = (document, type) => [document?.type].flat().includes(type);
const issuerOf = (document) => document.issuer?.id ?? document.issuer;

export const isCredential = (document) => hasType(document, 'OpenBadgeCredential');
export const isStatusList = (document) => hasType(document, 'BitstringStatusListCredential');

/**
 * `issuers`: [{name, title, key}], the keys that this page believes. `lists`: status lists that are at hand.
 * Answers {state, signer, list}; state is unreadable, changed, unknown, early, revoked, unchecked or valid.
 */
export async function verdict(credential, {issuers, lists, now}) {
  if (!isCredential(credential) || !credential.proof) return {state: 'unreadable'};
  const signer = trusted(credential, issuers);
  if (!await isAsSigned(credential, keyNamed(credential))) return {state: 'changed', signer: null};
  if (!signer) return {state: 'unknown', signer: null};
  if (!(Date.parse(credential.validFrom) <= now)) return {state: 'early', signer};
  const its = await genuineLists(credential, lists, issuers);
  // What was revoked once stays so, whatever another list says.
  const revoking = its.find((list) => isSet(credential, list));
  if (revoking) return {state: 'revoked', signer, list: revoking};
  return its.length ? {state: 'valid', signer, list: its[0]} : {state: 'unchecked', signer};
}

// The key must be one of those that this issuer's name stands for, not just any that we know.
function trusted(document, issuers) {
  return issuers.find(({name, key}) => issuerOf(document) === name && document.proof.verificationMethod === `${name}#${key}`);
}

// Those that this credential names and its issuer signed, the newest first.
async function genuineLists(credential, lists, issuers) {
  const status = credential.credentialStatus;
  const its = [];
  for (const list of lists) {
    const isIts = isStatusList(list) && list.id === status.statusListCredential && issuerOf(list) === issuerOf(credential)
      && list.credentialSubject.statusPurpose === status.statusPurpose;
    if (isIts && trusted(list, issuers) && await isAsSigned(list, keyNamed(list))) its.push(list);
  }
  return its.sort((one, other) => Date.parse(other.validFrom) - Date.parse(one.validFrom));
}

function isSet(credential, list) {
  const packed = base64urlnopad.decode(list.credentialSubject.encodedList.slice(1));
  const bits = gunzipSync(packed, {out: new Uint8Array(MOST_BYTES)});
  const index = Number(credential.credentialStatus.statusListIndex);
  if (bits.length < LEAST_BYTES || !(index < bits.length * 8)) throw new RangeError('The list is too short');
  return Boolean(bits[index >> 3] & (0x80 >> (index & 7)));
}
