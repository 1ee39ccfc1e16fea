// Puts the counts of a page's stream in place; without it the page shows those of when it was made. They are not
// announced: who listens to a page asks for a number when he wants it, and would hear nothing else otherwise.
const list = document.querySelector('[data-live]')
const pause = document.querySelector('[data-live-pause]')
let stream = null
let isPaused = matchMedia('(prefers-reduced-motion: reduce)').matches

function show({ data }) {
  for (const [name, text] of Object.entries(JSON.parse(data)))
    for (const place of list.querySelectorAll('[data-count]'))
      if (place.dataset.count === name) place.textContent = text
}

// A page that nobody looks at follows nothing: a browser has few connections, and so has the console.
function follow() {
  const isWanted = !isPaused && document.visibilityState === 'visible'
  if (!isWanted) {
    stream?.close()
    stream = null
  } else if (stream === null) {
    stream = new EventSource(list.dataset.live)
    stream.onmessage = show
  }
  pause.setAttribute('aria-pressed', String(isPaused))
}

pause.onclick = () => {
  isPaused = !isPaused
  follow()
}
pause.hidden = false
document.addEventListener('visibilitychange', follow)
follow()
