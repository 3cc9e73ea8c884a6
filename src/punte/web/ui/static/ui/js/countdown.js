// Clocks that count down to a moment: `data-until` holds it. Without scripts, and a day or more before, the time of day stands
// there after "at"; the words before it, `data-in`, become those of a countdown.

const places = [...document.querySelectorAll("[data-until]")].map((place) => [place, Date.parse(place.dataset.until)]);
const two = (number) => String(number).padStart(2, "0");

function show() {
  for (const [place, until] of places) {
    const left = Math.max(0, Math.ceil((until - Date.now()) / 1000));
    const [days, hours, minutes] = [Math.floor(left / 86400), Math.floor(left / 3600) % 24, Math.floor(left / 60) % 60];
    if (days) continue;
    const words = place.previousElementSibling;
    if (words?.dataset.in) words.textContent = words.dataset.in;
    place.textContent = hours ? `${hours}:${two(minutes)}:${two(left % 60)}` : `${minutes}:${two(left % 60)}`;
    place.classList.toggle("soon", left <= 60);
  }
}

show();
if (places.length) setInterval(show, 1000);
