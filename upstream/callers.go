package upstream

import (
	"net/http"
	"time"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/catalog"
	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/identity"
	"github.com/brownoutdev/brownout/protocol"
)

// leastLearnt is how long credentials are remembered at least: STS gives out none that live shorter, so an earlier
// end means that the upstream's clock is another.
const leastLearnt = 15 * time.Minute

// LearnCallers is a Config.Learn that tells the directory which access key acts for which role, session and
// account. It reads what STS answers; of what it reads it keeps neither secrets nor tokens.
//
// A role's path is not in STS's answers, so a learnt role's ARN has none; rules do not look at paths of roles.
// AssumeRoot is not learnt: its answer does not name the account.
func LearnCallers(directory *identity.Directory, now clock.Clock) func(*aws.Call, int, http.Header, []byte) {
	return func(call *aws.Call, status int, header http.Header, body []byte) {
		if status != http.StatusOK {
			return
		}
		answer, ok := credentialsIn(call, header, body)
		if !ok {
			return
		}
		p, ok := behind(call, answer, directory)
		if !ok {
			return
		}
		// The directory's clock may have been moved; the upstream's has not.
		left := time.Hour
		if until, given := answer.credentials["Expiration"].(time.Time); given {
			left = max(until.Sub(clock.Real{}.Now()), leastLearnt)
		}
		directory.Learn(p, now.Now().Add(left))
	}
}

// givenOut is what an answer of STS says of credentials.
type givenOut struct {
	accessKey             string
	credentials, document aws.Document
}

func credentialsIn(call *aws.Call, header http.Header, body []byte) (answer givenOut, ok bool) {
	service := catalog.Lookup(call.Service)
	if service == nil {
		return answer, false
	}
	op := service.Operation(call.Operation)
	codec := protocol.For(call.Protocol)
	if op == nil || codec == nil {
		return answer, false
	}
	// The callers' SDK judges the answer; what we cannot read teaches us nothing.
	if err := codec.DecodeResponse(&http.Response{StatusCode: http.StatusOK, Header: header}, body, op, &answer.document); err != nil {
		return answer, false
	}
	answer.credentials, _ = answer.document["Credentials"].(aws.Document)
	answer.accessKey, _ = answer.credentials["AccessKeyId"].(string)
	return answer, answer.accessKey != ""
}

// behind is who acts with the credentials of an answer.
func behind(call *aws.Call, answer givenOut, directory *identity.Directory) (p identity.Principal, ok bool) {
	if call.Operation == "GetSessionToken" { // for whoever asked
		p = directory.Of(call.AccessKey)
		p.AccessKey = answer.accessKey
		return p, true
	}
	for _, place := range [...]struct{ member, arn, id string }{
		{"AssumedRoleUser", "Arn", "AssumedRoleId"},
		{"FederatedUser", "Arn", "FederatedUserId"},
	} {
		who, _ := answer.document[place.member].(aws.Document)
		if arn, _ := who[place.arn].(string); arn != "" {
			p, ok = identity.Behind(answer.accessKey, arn, "")
			p.ID, _ = who[place.id].(string)
			return p, ok
		}
	}
	arn, _ := answer.document["AssumedPrincipal"].(string) // GetDelegatedAccessToken's
	return identity.Behind(answer.accessKey, arn, "")
}
