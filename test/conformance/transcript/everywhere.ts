/** What differs in every case and is therefore left out of all transcripts; `docs/twin.md` lists the reasons. */
export const everywhere: readonly string[] = [
  'Hashes of templates (names of ReplicaSets and revisions) have the same form and other values: the original hashes how Go lays out memory.',
  'Columns of a Table have no descriptions: those of the original are paragraphs of its documentation.',
  'A message about a body that cannot be decoded does not end in the bytes around the place where the decoder stopped.',
  'A message about a field that cannot change does not end in a Go comparison of both objects.',
  'An amount that is refused is told as it was written: the original prints it as a struct of Go.',
  'Discovery has no storageVersionHash: it tells of migrations of the store, and the twin has none.',
  'Protocol buffers are not named among the media types that are accepted.',
]
