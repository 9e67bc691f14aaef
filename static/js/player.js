// Puts the provider's player into the page, and only when the button is pressed.
const player = document.getElementById("player");
const box = player?.querySelector(".player-box");
const button = box?.querySelector("button");
const connection = box?.querySelector("[data-connection]");
const link = box?.querySelector("[data-watch]");

function offer(embed) {
  button.dataset.embed = embed;
  button.hidden = !embed;
  if (connection) connection.hidden = !embed;
}

function play() {
  const frame = document.createElement("iframe");
  frame.src = button.dataset.embed;
  frame.title = player.dataset.title;
  frame.allow = "autoplay; encrypted-media; fullscreen; picture-in-picture";
  frame.allowFullscreen = true;
  frame.referrerPolicy = "strict-origin-when-cross-origin";
  player.querySelector("iframe")?.remove();
  player.append(frame);
  box.hidden = true;
  frame.focus();
}

function choose(radio) {
  const { embed, watch, words, connection: sentence } = radio.dataset;
  offer(embed);
  link.href = watch;
  link.textContent = words;
  if (connection) connection.textContent = sentence;
  if (!player.querySelector("iframe")) return;
  if (embed) {
    player.querySelector("iframe").src = embed;
  } else {
    player.querySelector("iframe").remove();
    box.hidden = false;
  }
}

if (button) {
  offer(button.dataset.embed);
  button.addEventListener("click", play);
  const channels = document.querySelector("form.channels");
  channels?.querySelector("button").remove();
  channels?.addEventListener("change", (event) => choose(event.target));
}
