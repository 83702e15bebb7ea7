// The fields of a credential as they are to be read, in the order of the paper. Names of fields are the page's, not ours.

const day = (instant, language) => {
  const [year, month, date] = String(instant).slice(0, 10).split('-').map(Number);
  const format = new Intl.DateTimeFormat(language, {day: 'numeric', month: 'long', timeZone: 'UTC', year: 'numeric'});
  return format.format(new Date(Date.UTC(year, month - 1, date)));
};

export const moment = (instant, language) =>
  new Intl.DateTimeFormat(language, {dateStyle: 'long', timeStyle: 'short'}).format(new Date(instant));

const number = (value, language) => new Intl.NumberFormat(language, {maximumFractionDigits: 2}).format(Number(value));

const capital = (text = '') => text.slice(0, 1).toUpperCase() + text.slice(1);

const joined = (...parts) => parts.filter(Boolean).join(', ');

/** {row: text, or a list of texts}; a row without text is left out of the sheet. */
export function fields(credential, language) {
  const subject = credential.credentialSubject;
  const achievement = subject.achievement;
  const signatory = credential['asn:signatory'] ?? {};
  const mark = (result) => result && Number(result.value).toLocaleString(language, {minimumFractionDigits: 2});
  const identity = (type) => [subject.identifier].flat().find((one) => one?.identityType === type)?.identityHash;
  const results = readings(achievement, subject);
  const begins = subject.activityStartDate && day(subject.activityStartDate, language);
  const ends = subject.activityEndDate && day(subject.activityEndDate, language);
  return {
    number: subject.licenseNumber,
    name: identity('name'),
    nip: identity('ext:masked-nip'),
    rank: subject['asn:rank'],
    post: subject.role,
    agency: subject['asn:agency'],
    training: joined(achievement.name, subject.term),
    competency: capital(achievement.fieldOfStudy),
    predicate: results.get('predicate')?.value,
    score: mark(results.get('score')),
    held: joined(begins === ends ? begins : [begins, ends].filter(Boolean).join(' – '), subject['asn:place'], subject['asn:method']),
    organiser: joined(credential.issuer.name, credential.issuer.parentOrg?.name),
    jp: results.has('jp') ? `${number(results.get('jp').value, language)} JP` : '',
    subjects: [...results.values()].filter((one) => one.key.startsWith('subject-'))
      .map((one) => `${one.name} (${joined(`${number(one.value, language)} JP`, mark(results.get(one.key.replace('subject', 'score'))))})`),
    issued: joined(credential['asn:issuePlace'], day(credential['asn:issuedOn'], language)),
    signatory: [joined(signatory['asn:post'], signatory.name), signatory['asn:rank'], signatory['asn:maskedNip'] && `NIP ${signatory['asn:maskedNip']}`]
      .filter(Boolean),
  };
}

// Results name their meaning by address; the part behind # is ours.
function readings(achievement, subject) {
  const names = new Map([achievement.resultDescription].flat().map((one) => [one?.id, one?.name]));
  return new Map([subject.result].flat().filter(Boolean).map((one) => {
    const key = String(one.resultDescription).split('#')[1] ?? '';
    return [key, {key, name: names.get(one.resultDescription), value: one.value}];
  }));
}
