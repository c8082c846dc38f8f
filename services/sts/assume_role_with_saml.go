package sts

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "AssumeRoleWithSAML", (*Service).assumeRoleWithSAML) }

// assumeRoleWithSAML believes every assertion: its signature and dates are not checked.
func (s *Service) assumeRoleWithSAML(r *services.Request, in *AssumeRoleWithSAMLRequest) (*AssumeRoleWithSAMLResponse, error) {
	size, err := checkSession(in.Policy, in.PolicyArns, nil)
	if err != nil {
		return nil, err
	}
	document, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(*in.SAMLAssertion), ""))
	if err != nil {
		return nil, refused("InvalidIdentityToken", "Invalid base64 SAMLResponse")
	}
	said, err := readAssertion(document)
	if err != nil {
		return nil, refused("InvalidIdentityToken", "The SAML assertion could not be parsed: %v", err)
	}
	session := said.attribute("https://aws.amazon.com/SAML/Attributes/RoleSessionName")
	if session == "" {
		return nil, refused("InvalidIdentityToken", "RoleSessionName is required in AuthnResponse")
	}
	lasts := duration(in.DurationSeconds, sessionOfRole)
	p, err := s.roleSession(r, *in.RoleArn, session, lasts)
	if err != nil {
		return nil, err
	}
	source := said.attribute("https://aws.amazon.com/SAML/Attributes/SourceIdentity")
	credentials, err := s.issue(r, p, lasts, source)
	if err != nil {
		return nil, err
	}
	return &AssumeRoleWithSAMLResponse{
		Credentials: credentials, AssumedRoleUser: assumedBy(p), PackedPolicySize: size, SourceIdentity: optional(source),
		Subject: optional(said.subject), SubjectType: optional(said.subjectType), Issuer: optional(said.issuer), Audience: optional(said.audience),
	}, nil
}

// assertion is what a SAML assertion says that AWS gives back.
type assertion struct {
	subject, subjectType, issuer, audience string
	attributes                             map[string]string
}

func (a *assertion) attribute(name string) string { return a.attributes[name] }

// readAssertion reads the parts wherever they stand: identity providers wrap assertions in more or less.
func readAssertion(document []byte) (*assertion, error) {
	a := &assertion{attributes: map[string]string{}}
	decoder := xml.NewDecoder(bytes.NewReader(document))
	element, attribute, elements := "", "", 0
	for {
		token, err := decoder.Token()
		switch {
		case errors.Is(err, io.EOF) && elements > 0:
			return a, nil
		case errors.Is(err, io.EOF):
			return nil, errors.New("it has no element")
		case err != nil:
			return nil, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			elements++
			element = t.Name.Local
			for _, said := range t.Attr {
				switch {
				case element == "Attribute" && said.Name.Local == "Name":
					attribute = said.Value
				case element == "NameID" && said.Name.Local == "Format":
					a.subjectType = said.Value[strings.LastIndexByte(said.Value, ':')+1:]
				case element == "SubjectConfirmationData" && said.Name.Local == "Recipient":
					a.audience = said.Value
				}
			}
		case xml.EndElement:
			element = ""
		case xml.CharData:
			a.take(element, attribute, strings.TrimSpace(string(t)))
		}
	}
}

func (a *assertion) take(element, attribute, text string) {
	switch {
	case text == "":
	case element == "NameID":
		a.subject = text
	case element == "Issuer":
		a.issuer = text
	case element == "AttributeValue" && a.attributes[attribute] == "":
		a.attributes[attribute] = text
	}
}
