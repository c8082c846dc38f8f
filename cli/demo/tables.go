package demo

import (
	"context"
	"net/http"
	"reflect"

	"github.com/brownoutdev/brownout/aws"
)

// newTable is the input of CreateTable.
func newTable(name string) aws.Document {
	return aws.Document{
		"TableName":            name,
		"AttributeDefinitions": []any{aws.Document{"AttributeName": "id", "AttributeType": "S"}},
		"KeySchema":            []any{aws.Document{"AttributeName": "id", "KeyType": "HASH"}},
		"BillingMode":          "PAY_PER_REQUEST",
	}
}

func student() aws.Document {
	return aws.Document{
		"id":             aws.Document{"S": "S001"},
		"first name":     aws.Document{"S": "Ada"},
		"enrolment date": aws.Document{"S": "2026-09-01"},
	}
}

func (s *story) tables(ctx context.Context) error {
	a, err := s.client.do(ctx, request{name: "dynamodb.CreateTable", region: east, in: newTable(tableName)})
	if err != nil {
		return err
	}
	table := at(a.out, "TableDescription")
	arn := "arn:aws:dynamodb:us-east-1:000000000000:table/Students"
	s.check(a.succeeded() && textAt(table, "TableStatus") == "ACTIVE" && textAt(table, "TableArn") == arn && textAt(table, "TableId") != "" &&
		textAt(table, "BillingModeSummary", "BillingMode") == "PAY_PER_REQUEST" && at(table, "ItemCount") == int64(0) && at(table, "TableSizeBytes") == int64(0),
		arn+" is ACTIVE and empty", []any{a, table})

	item := student()
	if a, err = s.client.do(ctx, request{name: "dynamodb.PutItem", region: east, in: aws.Document{"TableName": tableName, "Item": item}}); err != nil {
		return err
	}
	s.check(a.succeeded(), `an item with blanks in its names goes in: "first name", "enrolment date"`, a)
	if a, err = s.client.do(ctx, request{name: "dynamodb.GetItem", region: east, in: getItem()}); err != nil {
		return err
	}
	s.check(a.succeeded() && reflect.DeepEqual(a.out["Item"], any(item)), "it comes back unchanged", []any{a, a.out})
	return s.apart(ctx)
}

// apart checks that tables of other regions and accounts are other tables.
func (s *story) apart(ctx context.Context) error {
	describe := aws.Document{"TableName": tableName}
	a, err := s.client.do(ctx, request{name: "dynamodb.DescribeTable", region: central, in: describe})
	if err != nil {
		return err
	}
	s.check(a.refused(http.StatusBadRequest, "ResourceNotFoundException"), "eu-central-1 has no such table", a)
	const account = "123456789012"
	if a, err = s.client.do(ctx, request{name: "dynamodb.DescribeTable", region: east, account: account, in: describe}); err != nil {
		return err
	}
	s.check(a.refused(http.StatusBadRequest, "ResourceNotFoundException"), "nor has account "+account, a)
	if a, err = s.client.do(ctx, request{name: "dynamodb.CreateTable", region: east, account: account, in: newTable(tableName)}); err != nil {
		return err
	}
	arn := "arn:aws:dynamodb:us-east-1:" + account + ":table/Students"
	s.check(a.succeeded() && textAt(a.out, "TableDescription", "TableArn") == arn, "it can have its own: "+arn, a)
	return nil
}
