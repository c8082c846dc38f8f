package e2e

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/fis"
	fistypes "github.com/aws/aws-sdk-go-v2/service/fis/types"
)

// TestSignaturesWithTheToken: FIS of a server with a token takes calls of the AWS SDK for Go and of the
// AWS CLI that are signed with it, and no others; everything else takes all.
func TestSignaturesWithTheToken(t *testing.T) {
	t.Parallel()
	const token = "0123456789abcdef/+="
	s := start(t, "--token", token)
	config := newSDK(s).trying(1).config()
	if _, err := fis.NewFromConfig(config).ListExperiments(t.Context(), nil); err == nil {
		t.Error("FIS takes any signature")
	}
	if _, err := dynamodb.NewFromConfig(config).ListTables(t.Context(), nil); err != nil {
		t.Errorf("DynamoDB wants a token: %v", err)
	}
	config.Credentials = credentials.NewStaticCredentialsProvider("test", token, "")
	client := fis.NewFromConfig(config)
	template, err := client.CreateExperimentTemplate(t.Context(), &fis.CreateExperimentTemplateInput{
		ClientToken: aws.String("a"), Description: aws.String("ünïcode & blanks"), RoleArn: aws.String("arn:aws:iam::000000000000:role/r"),
		Actions:        map[string]fistypes.CreateExperimentTemplateActionInput{"wait": {ActionId: aws.String("aws:fis:wait"), Parameters: map[string]string{"duration": "PT1M"}}},
		StopConditions: []fistypes.CreateExperimentTemplateStopConditionInput{{Source: aws.String("none")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	// Its path has escapes, which the signature escapes once more.
	_, err = client.ListTagsForResource(t.Context(), &fis.ListTagsForResourceInput{ResourceArn: template.ExperimentTemplate.Arn})
	if err != nil && strings.Contains(err.Error(), "AccessDenied") {
		t.Errorf("ListTagsForResource: %v", err)
	}
	newCLI(t, s, "AWS_SECRET_ACCESS_KEY="+token).ok("fis", "list-experiment-templates", "--max-results", "5")
	newCLI(t, s).fails("AccessDeniedException", "fis", "list-experiment-templates")
}
