package control

import "net/http"

// localStackAbsent are paths of LocalStack's that are known, and not carried out.
var localStackAbsent = map[string]string{
	"/_localstack/config":               "LocalStack's configuration; Brownout is told by its flags and BROWNOUT_* variables",
	"/_localstack/plugins":              "LocalStack's list of plugins",
	"/_localstack/usage":                "LocalStack's process statistics; GET /_brownout/metrics has Brownout's",
	"/_localstack/diagnose":             "LocalStack's diagnosis; GET /_brownout/health says how the server is",
	"/_localstack/resources":            "LocalStack's list of resources",
	"/_localstack/account-region-usage": "LocalStack's usage by account and region",
	"/_localstack/state/save":           "saving the state; start the server with --data DIR to keep it",
	"/_localstack/state/load":           "loading a state; start the server with --data DIR to keep it",
	"/_localstack/pods":                 "Cloud Pods; start the server with --data DIR to keep its state",
	"/_localstack/pods/":                "Cloud Pods; start the server with --data DIR to keep its state",
	"/_localstack/replicator/":          "LocalStack's replicator",
	"/_localstack/stackinfo":            "LocalStack's list of stacks",
	"/_localstack/cloudformation/":      "CloudFormation",
	"/_localstack/swagger":              "LocalStack's API browser",
}

// notCarriedOut says what is not done here.
func notCarriedOut(w http.ResponseWriter, what string) {
	answer(w, http.StatusNotImplemented, map[string]string{"message": "Brownout does not carry this out: " + what + "."})
}
