/* The messages that the scripts of a page show, in the language of the page. */
const tutorMessages = MESSAGES;
const tutorMessage = (key) => (tutorMessages[document.documentElement.lang.split("-")[0]] ?? tutorMessages.en)[key];
