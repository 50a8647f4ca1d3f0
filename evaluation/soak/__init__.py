"""`wenban soak wechat`: a busy hall with kills, and whether each message was answered exactly once.

What "exactly once" means. A *message* is what a citizen did once (a text or a tap on the menu); WeChat may push it up
to three times, and every tenth is pushed once more although it was, or is being, answered. The app under test runs
unchanged but for its handler, which puts a *stamp* in front of every reply: the durable key of the message that it
answers (server.py). So the stand-in's own records say which message each thing that a citizen saw belongs to:

* answered once: exactly one thing that its sender saw bears its stamp. That is the passive reply to its push, or a
  customer-service message after an acknowledgement (请稍候). An acknowledgement alone is no answer.
* doubled: its sender saw the stamp twice, or a later part of one answer twice. Repeats are no second sight: WeChat
  shows one reply to a message however often it pushed it; but all its pushes must have been given the same words.
* unanswered: nobody saw the stamp. *lost* are those of them that no living app ever took (they are not in its
  database): no app can answer these, and they are counted and fail the soak all the same.
* wrong recipient: somebody else than the sender saw it, or it stands in the passive reply to another message.
* a *notice* is what WeChat itself shows when three pushes had no answer (该公众号提供的服务出现故障); one fails the
  soak.

The time of a passive reply is what WeChat's five seconds count: from the beginning of the push that got it, so it holds
the time in which the connection waited for an app that was being started again. Acknowledgements are passive replies
and count. How long citizens waited from the first push on is told beside it."""
