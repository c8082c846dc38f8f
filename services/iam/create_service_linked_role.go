package iam

import (
	"errors"
	"strings"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "CreateServiceLinkedRole", (*Service).createServiceLinkedRole) }

func (s *Service) createServiceLinkedRole(r *services.Request, in *CreateServiceLinkedRoleRequest) (*CreateServiceLinkedRoleResponse, error) {
	name, err := linkedName(*in.AWSServiceName, in.CustomSuffix)
	if err != nil {
		return nil, err
	}
	trust := `{"Version":"2012-10-17","Statement":[{"Action":["sts:AssumeRole"],"Effect":"Allow","Principal":{"Service":["` + *in.AWSServiceName + `"]}}]}`
	var role *roleRecord
	err = s.change(r, func(t *transaction) error {
		role = t.newRole(linkedPath+*in.AWSServiceName+"/", name, trust)
		role.Role.Description = in.Description
		err := t.addRole(role)
		var e *aws.Error
		if errors.As(err, &e) && e.Code == "EntityAlreadyExists" {
			return badInput("Service role name %s has been taken in this account, please try a different suffix.", name)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	shown := role.shown()
	shown.RoleLastUsed = nil
	return &CreateServiceLinkedRoleResponse{Role: shown}, nil
}

// linkedNames are the ends of AWSServiceRoleFor..., where they are not the service's name with its first
// letter in upper case.
var linkedNames = map[string]string{
	"autoscaling": "AutoScaling", "batch": "Batch", "cloudtrail": "CloudTrail", "dynamodb.application-autoscaling": "ApplicationAutoScaling_DynamoDBTable",
	"ecs": "ECS", "ecs.application-autoscaling": "ApplicationAutoScaling_ECSService", "eks": "AmazonEKS", "eks-nodegroup": "AmazonEKSNodegroup",
	"elasticache": "ElastiCache", "elasticloadbalancing": "ElasticLoadBalancing", "es": "AmazonElasticsearchService", "events": "CloudWatchEvents",
	"fis": "FIS", "globalaccelerator": "GlobalAccelerator", "guardduty": "AmazonGuardDuty", "kafka": "Kafka", "opensearchservice": "AmazonOpenSearchService",
	"ops.apigateway": "APIGateway", "rds": "RDS", "replication.dynamodb": "DynamoDBReplication", "spot": "EC2Spot", "spotfleet": "EC2SpotFleet",
	"ssm": "AmazonSSM", "trustedadvisor": "TrustedAdvisor", "transitgateway": "VPCTransitGateway", "zonal-shift.arc": "ZonalAutoshiftPracticeRun",
}

// linkedName is the name of a service's own role.
func linkedName(service string, suffix *string) (string, error) {
	name, ok := strings.CutSuffix(strings.TrimSuffix(service, ".cn"), ".amazonaws.com")
	if !ok || name == "" {
		return "", badInput("Service %s is not valid.", service)
	}
	word, known := linkedNames[name]
	if !known {
		word = strings.ToUpper(name[:1]) + strings.ReplaceAll(name[1:], ".", "_")
	}
	word = "AWSServiceRoleFor" + word
	if suffix != nil {
		word += "_" + *suffix
	}
	return word, nil
}
