// Sets light or dark before the first paint, so that the page does not flash. A file of its own because the content
// security policy forbids inline scripts.
(() => {
  let choice = 'auto';
  try {
    choice = localStorage.getItem('skopos-colour-scheme') ?? 'auto';
  } catch {
    // Storage may be forbidden; then the system decides.
  }
  const dark =
    choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
