// Load the provider's video player, only when its button is pressed, and switch its channels.
const hostOf = (address) => new URL(address).host;

// Show what works only with a script, and remove what is for browsers without scripts.
function prepare(stage) {
  const button = stage.querySelector(".player-box button");
  button.hidden = !button.dataset.embed;
  stage.querySelector("p[data-connection]").hidden = !button.dataset.embed;
  stage.querySelector(".channels > button")?.remove();
}

function play(stage) {
  const player = stage.querySelector(".player");
  const frame = document.createElement("iframe");
  frame.src = player.querySelector("button").dataset.embed;
  frame.title = player.dataset.title;
  frame.allow = "autoplay; encrypted-media; fullscreen; picture-in-picture";
  frame.allowFullscreen = true;
  frame.referrerPolicy = "strict-origin-when-cross-origin";
  player.append(frame);
  player.querySelector(".player-box").hidden = true;
  frame.focus();
}

// Switch to another channel. A running player goes on there only if the provider is the same.
function switchChannel(stage, { embed, watch, words, connection, button: caption }) {
  const button = stage.querySelector(".player-box button");
  const link = stage.querySelector("a[data-watch]");
  const frame = stage.querySelector(":scope > .player > iframe"); // not that of the captions
  button.dataset.embed = embed;
  button.querySelector("span").textContent = caption;
  link.href = watch;
  link.textContent = words;
  stage.querySelector("p[data-connection]").textContent = connection;
  prepare(stage);
  if (!frame) return;
  if (embed && hostOf(embed) === hostOf(frame.src)) {
    frame.src = embed;
  } else {
    frame.remove();
    stage.querySelector(".player-box").hidden = false;
  }
}

const prepareAll = (root) => root.querySelectorAll("[data-stage]").forEach(prepare);

document.addEventListener("click", (event) => {
  const button = event.target.closest(".player-box button");
  if (button) play(button.closest("[data-stage]"));
});
document.addEventListener("change", (event) => {
  if (event.target.dataset.way)
    switchChannel(event.target.closest("[data-stage]"), event.target.dataset);
});
// live.js has replaced a part of the page.
document.addEventListener("part-changed", (event) => prepareAll(event.target));
prepareAll(document);
