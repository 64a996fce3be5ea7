"""Messages of “My tutor” and of a course's shared tutor: better answers, training, versions, comparison."""

MESSAGES: dict[str, str] = {
    "error_TrainerDied": "The training ended unexpectedly. Your tutor is unchanged; please start the training again.",
    # answers that a person vouches for
    "verified_teacher": "Checked by your instructor",
    "verified_learner": "Your better answer",
    "verified_why": "Shown word for word. Choose Retry to let the tutor answer instead.",
    "example_teacher": "follows an example checked by your instructor",
    "example_learner": "follows an example of yours",
    # who answers
    "my_tutor_what": "A better answer is used right away when you ask the same question again. Training turns all your "
    "better answers into a small add-on for the model (an adapter) that also helps with new questions.",
    "my_tutor_base": "The **base tutor** is answering you. No adapter is switched on.",
    "my_tutor_active": "**{name}** is answering you: your version {version}, trained on {count:better answer|better "
    "answers} of yours.",
    "my_tutor_shared": "**{name}** is answering you: the course's version {version}, trained on better answers that "
    "your instructor accepted.",
    "my_tutor_other_base": "**{name}**, your version {version}, was trained on the model that answered before and "
    "cannot work with the present one. Choose “Train my tutor” to train it again from the same better answers, or "
    "switch it off.",
    "my_tutor_shared_other_base": "**{name}**, the course's version {version}, was trained on the model that answered "
    "before and cannot work with the present one. Your instructor can train it again or switch it off.",
    "shared_what": "The course's tutor learns only from better answers that you accepted and whose authors agreed. It "
    "answers learners who are not using an adapter of their own.",
    "shared_base": "The **base tutor** is answering this course.",
    "shared_active": "**{name}** is answering this course: version {version}.",
    "shared_other_base": "**{name}**, version {version}, was trained on the model that answered before and cannot work "
    "with the present one. Choose “Train the course's tutor” to train it again from the same better answers, or "
    "switch it off.",
    # better answers
    "my_corrections": "My better answers",
    "no_corrections": "None yet. Under an answer in the chat, choose “Write a better answer”.",
    "consent_all": "Use my better answers and my ratings to train my tutor. Once an instructor accepts a better "
    "answer, it may train the course's tutor too.",
    "consent_given": "Saved. Your better answers may be used for training.",
    "consent_taken": "Saved. Nothing of yours will be used for training from now on. You can also delete the versions "
    "below.",
    "withdraw": "Take back the selected ones",
    "withdraw_sure": "Take back {count}? Their text is deleted for good. Versions trained on them are switched off and "
    "deleted: {versions}.",
    "withdraw_none": "none",
    "withdraw_yes": "Yes, take back",
    "withdrawn": "Taken back.",
    "withdrawn_revoked": "Taken back. Switched off and deleted: {versions}. Train again to learn from the rest.",
    "choose_first": "Please select something first.",
    "state_waits": "waiting for your instructor",
    "state_for_the_course": "accepted by your instructor",
    "state_trains": "may be used for training",
    "state_not_training": "not used for training",
    "state_declined": "declined by your instructor",
    "state_withdrawn": "taken back",
    # training
    "train": "Train my tutor",
    "train_shared": "Train the course's tutor",
    "ready": "{have:better answer|better answers} to learn from.",
    "not_ready": "Not enough to train yet: {have} of {need} better answers.",
    "cancel_training": "Stop the training",
    "training_done": "The training is finished and passed the check. The new version answers from now on.",
    "training_rejected": "The training is finished, but the new version did not pass the check. The one before stays "
    "in use; the reasons are listed with the new version.",
    "training_cancelled": "You stopped the training. Nothing has changed.",
    "training_stopped": "The server stopped during the training. Please start it again.",
    "losses": "Loss (lower is closer to the better answers)",
    "curve_learnt": "trained on",
    "curve_held_out": "not trained on",
    "step": "step",
    # versions
    "versions": "Versions",
    "no_versions": "No version has been trained yet.",
    "version_line": "Version {version} · {count:better answer|better answers} · {date}",
    "version_active": "in use",
    "version_retired": "switched off",
    "version_candidate": "not in use",
    "version_rejected": "did not pass the check",
    "version_withdrawn_data": "switched off: a better answer it was trained on was taken back",
    "version_other_base": "for the model before",
    "use_version": "Use this version",
    "roll_back": "Go back to the version before",
    "switch_off": "Switch off",
    "delete_version": "Delete this version",
    "delete_sure": "Delete version {version}? Its files are deleted for good.",
    "delete_yes": "Yes, delete",
    "deleted_version": "Deleted, including its files.",
    "switched_on": "{name} answers from now on.",
    "switched_off": "Switched off. Answers are the same as before the training.",
    "trained_from": "Trained on",
    "cost": "Training on {rows:example|examples} took {seconds} s; the version takes {size} MB.",
    # the check after a training
    "gate_promoted": "Passed the check.",
    "gate_promoted_why": "It is closer to the better answers, and everyday questions are answered as before.",
    "gate_rejected": "Did not pass the check. The version before stays in use.",
    "gate_no_change": "There is no measurable change.",
    "gate_forgets": "It would answer everyday questions worse.",
    "gate_ungrounded": "Its answers stay less close to the course.",
    "gate_leaks": "It gives away solutions more often.",
    "gate_own_answers": "It answers the questions that you corrected less like your better answers.",
    "gate_unsafe": "It says things it must never say more often.",
    "measured": "What was measured",
    "measure_corrections": "loss on better answers (lower is better)",
    "measure_general": "loss on everyday questions (should stay the same)",
    "measure_grounded": "words taken from the course",
    "measure_leaks": "solutions given away",
    "measure_unsafe": "forbidden things said",
    "held_out": "Measured on {count:better answer|better answers} that the version was not trained on.",
    "none_held_out": "Measured on the better answers it was trained on: there are too few to set some aside.",
    # comparison
    "comparison": "See the difference",
    "comparison_hint": "Ask one question; the base tutor and the selected version both answer it.",
    "comparison_question": "Your question",
    "comparison_same": "Both give the same answer here.",
    "answer_base": "Base tutor",
    "answer_adapter": "This version",
    # errors
    "other_base": "The tutor is running another model than the one that would be trained. Please tell your "
    "administrator.",
    "withdrawn_meanwhile": "A better answer was taken back during the training. Please train again without it.",
    "row_too_long": "A better answer is too long to train on. Take it back and write a shorter one. Nothing has "
    "changed.",
    "disk_full": "The server's disk is full, so nothing was saved. The version in use is unchanged.",
    "training_short_of_memory": "The server has too little free memory to train at the moment, so nothing has changed. "
    "Please try again when fewer people are asking, or tell your administrator.",
}
