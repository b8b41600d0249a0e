package gate

import (
	"maillint/policy"
	"maillint/submit"
)

// What each kind of hold says to the client. Most mail programs do not show
// it; logs and some people read it.
var heldFor = map[policy.Disposition]string{
	policy.Delay:      "Held for a moment as",
	policy.Confirm:    "Held for confirmation as",
	policy.Approve:    "Held for approval as",
	policy.Quarantine: "Held for the administrators as",
}

func held(d policy.Disposition, id string) submit.Reply {
	return submit.NewReply(250, "2.0.0", "%s %s", heldFor[d], id)
}

func refused(id string, j *policy.Judged) submit.Reply {
	return submit.NewReply(550, "5.7.1", "%s: %s [%s]", id, oneLine(j.Message), j.Rule)
}

// ours is a failure of our surroundings: nothing was accepted, come again.
func ours(id string) submit.Reply {
	return submit.NewReply(451, "4.3.0", "%s: try again later", id)
}

func looping(id string) submit.Reply {
	return submit.NewReply(554, "5.4.6", "%s: mail loop: it has been here, or at too many servers", id)
}

func tooMany(id string) submit.Reply {
	return submit.NewReply(450, "4.7.1", "%s: over the limit of this service, try again later", id)
}
