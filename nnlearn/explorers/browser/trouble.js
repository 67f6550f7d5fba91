/** What an error shows: its message, and where it happened. */
function report(error, words) {
  if (!error) return [];
  const [message, trace] = error;
  return [make("p", {}, make("strong", {}, message)), make("p", {}, words.trouble),
    make("details", {}, make("summary", {}, words.details), make("pre", {}, trace))];
}
