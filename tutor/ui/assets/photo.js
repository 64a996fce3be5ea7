/* A photo of the learner's work: chosen, taken or pasted, scaled down here, read by the server, put into the text box. */
(() => {
  const maxBytes = MAX_PHOTO_BYTES;
  const maxPixels = 2400; // a side; more do not help reading, and drawing it again drops what the camera stored with it

  const downscale = async (file) => {
    try {
      const picture = await createImageBitmap(file);
      const scale = Math.min(1, maxPixels / Math.max(picture.width, picture.height));
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [picture.width * scale, picture.height * scale].map(Math.round);
      const pen = canvas.getContext("2d");
      pen.fillStyle = "white";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
      return (await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.92))) ?? file;
    } catch {
      return file; // this browser cannot read it as a picture; the server answers why
    }
  };

  const write = (box, text) => {
    box.value = box.value.trim() ? `${box.value.trimEnd()}\n${text}` : text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
    box.setSelectionRange(box.value.length, box.value.length);
  };

  const read = async (file, row) => {
    const note = row.querySelector(".tutor-photo-note");
    const box = document.querySelector(note.dataset.box);
    const showNote = (sentence, state) => {
      note.textContent = sentence;
      note.dataset.state = state;
    };
    if (note.dataset.state === "reading") return;
    showNote(tutorMessage("photo_reading"), "reading");
    try {
      const picture = await downscale(file);
      if (picture.size > maxBytes) return showNote(tutorMessage("photo_too_big"), "refused");
      const answer = await fetch("/photo", { method: "POST", body: picture, credentials: "same-origin" });
      const found = await answer.json();
      if (found.text) write(box, found.text);
      showNote(found.note ?? found.refused, found.text ? "read" : "refused");
    } catch {
      showNote(tutorMessage("photo_failed"), "refused");
    }
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".tutor-photo button");
    if (!button) return;
    const chooser = Object.assign(document.createElement("input"), { type: "file", accept: "image/*" });
    if (button.classList.contains("tutor-photo-camera")) chooser.setAttribute("capture", "environment");
    chooser.addEventListener("change", () => chooser.files[0] && read(chooser.files[0], button.closest(".tutor-photo")));
    chooser.click();
  });

  const rowOf = (box) =>
    [...document.querySelectorAll(".tutor-photo")].find((row) =>
      box.matches?.(row.querySelector(".tutor-photo-note").dataset.box),
    );

  document.addEventListener("paste", (event) => {
    const row = rowOf(event.target);
    const file = [...(event.clipboardData?.files ?? [])].find((one) => one.type.startsWith("image/"));
    if (!row || !file) return;
    event.preventDefault();
    read(file, row);
  });

  // The note about a text goes when its box is empty again.
  const clearStaleNotes = () => {
    for (const note of document.querySelectorAll('.tutor-photo-note[data-state="read"]'))
      if (!document.querySelector(note.dataset.box)?.value) Object.assign(note, { textContent: "" }).dataset.state = "";
  };
  setInterval(clearStaleNotes, 700);
})();
