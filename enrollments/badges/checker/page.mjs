// The page that checks credentials: choose or drop files, read what they say. The sentences stand in the page, this fills them.

import {keyNamed} from './proof.mjs';
import {fields, moment} from './sheet.mjs';
import {isCredential, isStatusList, verdict} from './verdict.mjs';

const LARGEST = 2 * 1024 * 1024;
const {issuers} = JSON.parse(document.getElementById('checker-data').textContent);

// On the site itself the list is asked for; a file on a device has no network to ask.
async function listOnSite(credential) {
  const address = credential.credentialStatus?.statusListCredential;
  if (!address || !location.protocol.startsWith('http') || new URL(address).origin !== location.origin) return null;
  const answer = await fetch(address, {cache: 'no-store', credentials: 'omit'}).catch(() => null);
  return answer?.ok ? answer.json() : null;
}

async function read(file) {
  if (file.size > LARGEST) return null;
  try {
    return JSON.parse(await file.text());
  } catch {
    return null;
  }
}

class Checker {
  constructor(root) {
    this.root = root;
    this.language = root.lang;
    this.lists = [];
    this.credential = null;
    const input = root.querySelector('input[type=file]');
    input.addEventListener('change', () => this.take([...input.files]));
    const area = root.querySelector('[data-drop]');
    area.addEventListener('dragover', (event) => event.preventDefault());
    area.addEventListener('drop', (event) => {
      event.preventDefault();
      this.take([...event.dataTransfer.files]);
    });
  }

  async take(files) {
    if (!files.length) return;
    const documents = await Promise.all(files.map(read));
    const credential = documents.find(isCredential);
    this.lists.push(...documents.filter(isStatusList));
    if (credential || !documents.some(isStatusList)) this.credential = credential ?? null;
    await this.show(files.map((file) => file.name).join(', '));
  }

  async show(names) {
    const place = this.root.querySelector('[data-result]');
    place.setAttribute('aria-busy', 'true');
    // Whatever cannot be read to its end says so, and never leaves what stood there about another file.
    const parts = await this.parts(names).catch(() => [this.filled('state-unreadable', {file: names})]);
    place.replaceChildren(...parts);
    place.removeAttribute('aria-busy');
    place.scrollIntoView({block: 'nearest'});
  }

  async parts(names) {
    const fetched = this.credential && await listOnSite(this.credential).catch(() => null);
    const lists = fetched ? [...this.lists, fetched] : this.lists;
    const found = await verdict(this.credential, {issuers, lists, now: Date.now()});
    const said = this.filled(`state-${found.state}`, {...this.behind(found), file: names});
    // What was changed is not shown as if it were said by anybody.
    if (found.state === 'unreadable' || found.state === 'changed') return [said];
    const example = this.credential['asn:isExample'] ? [this.filled('example', {})] : [];
    return [said, ...example, this.sheet(found)];
  }

  behind({signer, list}) {
    return {
      issuer: signer?.title ?? '',
      listed: list ? moment(list.validFrom, this.language) : '',
      'list-address': this.credential?.credentialStatus?.statusListCredential ?? '',
    };
  }

  sheet(found) {
    const part = this.filled('sheet', {});
    const said = {
      ...fields(this.credential, this.language),
      signer: found.signer && [found.signer.title, found.signer.name],
      // Where the signer's name is the key itself, once is enough.
      key: found.signer?.name.endsWith(keyNamed(this.credential)) ? '' : keyNamed(this.credential),
      page: [this.credential.evidence].flat()[0]?.id,
    };
    for (const row of part.querySelectorAll('[data-row]')) {
      const texts = [said[row.dataset.row]].flat().filter(Boolean);
      if (!texts.length) row.remove();
      row.querySelector('dd').replaceChildren(...texts.map((text) => Object.assign(document.createElement('p'), {textContent: text})));
    }
    return part;
  }

  // A piece of the page with its blanks filled in; always as text, never as markup.
  filled(name, texts) {
    const piece = this.root.querySelector(`template[data-piece="${name}"]`).content.cloneNode(true);
    for (const blank of piece.querySelectorAll('[data-blank]')) {
      const text = texts[blank.dataset.blank] ?? '';
      blank.textContent = text;
      if (blank.tagName === 'A' && text.startsWith('http')) blank.href = text;
    }
    return piece;
  }
}

for (const root of document.querySelectorAll('[data-checker]')) new Checker(root);

for (const button of document.querySelectorAll('[data-speak]')) {
  button.addEventListener('click', () => {
    for (const root of document.querySelectorAll('[data-checker]')) root.hidden = root.lang !== button.dataset.speak;
    document.documentElement.lang = button.dataset.speak;
  });
}
