package policy

import (
	"encoding/json"
	"maps"
	"reflect"
	"strings"

	"maillint/lint"
)

// object is a JSON object in the making.
type object = map[string]any

// Schema gives the JSON Schema (draft 7, which editors know) of a policy with
// these rules, so that editors complete and check it. What needs more than a
// schema (dates in order, names that must exist) only Parse tells.
func Schema(rules []*lint.Rule) ([]byte, error) {
	sections := object{
		"version":      object{"const": 1, "description": "the version of the policy's form"},
		"mode":         enum("enforce, or monitor: everything is counted, nothing is held", modeNames),
		"organization": organizationSchema(),
		"directory": described("who is who, for groups, languages and approvers", closed(object{
			"files":   described("CSV files with a line of column names: "+strings.Join(columns, ", "), ref("texts")),
			"command": described("a program and its arguments that print such a file", ref("texts")),
		})),
		"lists": described("named lists, for list:NAME and listed()", named(object{"anyOf": []any{
			ref("entries"), closed(object{"file": text("a file with an entry a line")}, "file"),
		}})),
		"rules":      rulesSchema(rules),
		"custom":     described("rules in expressions: docs/custom-rules.md", named(customSchema())),
		"exceptions": object{"type": []string{"array", "null"}, "items": exceptionSchema(), "description": "findings that are let be, for a reason and a time"},
		"limits":     limitsSchema(),
		"services":   described("systems that send by themselves", named(serviceSchema())),
	}
	maps.Copy(sections, doorSections())
	s := closed(sections, "version")
	s["$schema"] = "http://json-schema.org/draft-07/schema#"
	s["title"] = "maillint policy"
	s["definitions"] = definitions()
	out, err := json.MarshalIndent(s, "", "  ")
	return append(out, '\n'), err
}

// closed is an object with these properties and no others; nothing at all will
// do where none is required.
func closed(properties object, required ...string) object {
	o := object{"type": []string{"object", "null"}, "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		o["type"], o["required"] = "object", required
	}
	return o
}

// named is an object whose keys are names of the administrator's.
func named(value object) object {
	return object{
		"type": []string{"object", "null"}, "additionalProperties": value,
		"propertyNames": object{"pattern": kebab.String()},
	}
}

func described(doc string, o object) object {
	out := object{"description": doc}
	if r, ok := o["$ref"]; ok { // draft 7 ignores what stands beside a reference
		out["allOf"] = []any{object{"$ref": r}}
		return out
	}
	for k, v := range o {
		out[k] = v
	}
	return out
}

func ref(name string) object { return object{"$ref": "#/definitions/" + name} }

func enum(doc string, words []string) object { return object{"enum": words, "description": doc} }

func text(doc string) object { return object{"type": "string", "minLength": 1, "description": doc} }

func number(doc string) object {
	return object{"type": "integer", "minimum": 1, "description": doc}
}

func yesNo(doc string) object { return object{"type": "boolean", "description": doc} }

func day(doc string) object {
	return object{"type": "string", "pattern": `^\d{4}-\d{2}-\d{2}$`, "description": doc}
}

func definitions() object {
	severities, dispositions := enum("severity", lint.Severities()), enum("disposition", dispositionNames)
	graded := func(doc string, word object) object {
		bySeverity := object{}
		for _, s := range lint.Severities() {
			bySeverity[s] = word
		}
		return object{"anyOf": []any{word, closed(bySeverity)}, "description": doc}
	}
	texts := object{"type": []string{"array", "null"}, "items": object{"type": "string", "minLength": 1}}
	oneOrMore := object{"anyOf": []any{text(""), texts}}
	return object{
		"texts":       texts,
		"entries":     described("addresses and domains; a domain covers what is below it, =domain does not, ! takes out; list:NAME, file:PATH", texts),
		"oneOrMore":   oneOrMore,
		"severity":    severities,
		"disposition": dispositions,
		"bySeverity":  graded("one word, or a map from the severity that the rule gives to the one that is wanted", severities),
		"byOutcome":   graded("one word, or a map from severity to disposition; one that is missing takes the next lower that is there", dispositions),
		"bilingual":   object{"anyOf": []any{text(""), closed(object{"en": text("English"), "ja": text("Japanese")})}},
		"scope":       scopeSchema(),
	}
}

func scopeSchema() object {
	return closed(object{
		"senders":    described("reverse-path or From", ref("entries")),
		"recipients": described("any recipient of the envelope", ref("entries")),
		"groups":     described("groups of the directory that the sender is in", ref("texts")),
		"hours":      described(`"mon-fri 08:00-18:00", one or several`, ref("oneOrMore")),
		"from":       day("first day"),
		"until":      day("last day"),
	})
}

func organizationSchema() object {
	return described("whose mail is judged", closed(object{
		"name":      text("as notices name it"),
		"domains":   described("internal domains: example.ac.jp with what is below it, =example.ac.jp alone, !hosp.example.ac.jp taken out", ref("texts")),
		"partners":  described("domains that are often written to", ref("texts")),
		"protected": described("names and addresses that others pose as", ref("texts")),
		"webmail":   described("private mail providers besides the known ones", ref("texts")),
		"timezone":  text("of hours and dates: Asia/Tokyo"),
	}))
}

// settings are the keys that every rule has.
func settingsSchema(params object) object {
	return object{
		"enabled":     yesNo("whether the rule runs"),
		"mode":        enum("monitor, to try the rule out", modeNames),
		"severity":    ref("bySeverity"),
		"disposition": ref("byOutcome"),
		"params":      params,
		"scope":       ref("scope"),
		"copy":        described("internal addresses that get a hidden copy of what the rule finds something in", ref("oneOrMore")),
	}
}

func rulesSchema(rules []*lint.Rule) object {
	properties, ids, byRule := object{}, []string{}, []any{}
	for _, rule := range rules {
		params := paramsSchema(reflect.ValueOf(rule.Params()).Elem())
		properties[rule.ID] = described(rule.Title.En, closed(settingsSchema(params)))
		ids = append(ids, rule.ID)
		byRule = append(byRule, object{
			"if":   object{"properties": object{"rule": object{"const": rule.ID}}},
			"then": object{"properties": object{"params": params}},
		})
	}
	instance := settingsSchema(object{})
	instance["rule"] = enum("the rule that this is an instance of", ids)
	other := closed(instance, "rule")
	other["allOf"] = byRule
	return object{
		"type": []string{"object", "null"}, "properties": properties, "additionalProperties": other,
		"propertyNames": object{"pattern": kebab.String()},
		"description":   "rules by ID, and further instances of them under names of your own with rule: ID",
	}
}

// paramsSchema describes a struct of parameters by its yaml and doc tags.
func paramsSchema(v reflect.Value) object {
	properties := object{}
	for i, name := range paramNames(v.Type()) {
		field := v.Type().Field(i)
		o := typeSchema(v.Field(i))
		if doc := field.Tag.Get("doc"); doc != "" {
			o["description"] = doc
		}
		properties[name] = o
	}
	return closed(properties)
}

func typeSchema(v reflect.Value) object {
	if v.CanAddr() && v.Addr().Type().Implements(textUnmarshaler) {
		return object{"type": "string"}
	}
	switch v.Kind() {
	case reflect.Struct:
		return paramsSchema(v)
	case reflect.Slice:
		return object{"type": []string{"array", "null"}, "items": typeSchema(reflect.New(v.Type().Elem()).Elem())}
	case reflect.Bool:
		return object{"type": "boolean", "default": v.Bool()}
	case reflect.String:
		return object{"type": "string", "default": v.String()}
	case reflect.Int, reflect.Int32, reflect.Int64:
		if v.Type().String() != "time.Duration" {
			return object{"type": "integer", "default": v.Int()}
		}
	case reflect.Float64:
		return object{"type": "number", "default": v.Float()}
	}
	return object{}
}

func customSchema() object {
	letter := object{"anyOf": []any{text("a whole message"), closed(object{
		"from": ref("oneOrMore"), "to": ref("oneOrMore"), "cc": ref("oneOrMore"), "bcc": ref("oneOrMore"),
		"subject": text(""), "date": text(""), "text": text(""),
		"headers": object{"type": "object", "additionalProperties": text("")},
		"attachments": object{"type": "array", "items": object{"anyOf": []any{
			text("a file name"), closed(object{"name": text("a file name"), "size": number("octets")}, "name"),
		}}},
	})}}
	return closed(object{
		"when":        text("the condition"),
		"severity":    ref("severity"),
		"disposition": ref("disposition"),
		"where":       enum("what the finding is about", wheres),
		"message":     described("what the sender reads", ref("bilingual")),
		"help":        described("what the sender can do", ref("bilingual")),
		"enabled":     yesNo("whether the rule runs"),
		"mode":        enum("monitor, to try the rule out", modeNames),
		"scope":       ref("scope"),
		"copy":        described("internal addresses that get a hidden copy", ref("oneOrMore")),
		"cases":       object{"type": "array", "items": closed(object{"fires": letter, "silent": letter}), "description": "messages that the rule must find or leave alone; maillint check runs them"},
	}, "when", "message")
}

func exceptionSchema() object {
	return closed(object{
		"rule":      described("rules or instances; none: all", ref("oneOrMore")),
		"sender":    described("an identity that is authenticated or vouched for", ref("oneOrMore")),
		"recipient": described("addresses or domains", ref("oneOrMore")),
		"reason":    text("why"),
		"until":     day("the last day"),
		"owner":     text("who answers for it"),
	}, "reason", "until")
}

func serviceSchema() object {
	return closed(object{
		"owner":               text("a mailbox that people read"),
		"networks":            described("where it sends from: 192.0.2.0/24", ref("texts")),
		"logins":              described("the accounts it logs in with", ref("texts")),
		"reverse_path":        described("its reverse-paths; <> for the null one", ref("texts")),
		"from":                described("the only From addresses it may use", ref("entries")),
		"bulk":                yesNo("whether it writes to many"),
		"recipients_per_hour": number("expected; ten times as many alarm"),
		"ceiling":             number("recipients an hour at which it is stopped"),
		"hold":                enum("never: what would be held is tagged, and alarms", []string{"owner", "never"}),
		"on_failure":          object{"enum": []any{"relay", "451", 451}, "description": "what a failure of maillint's own surroundings does to its mail"},
		"review":              day("by when the owner looks at this again"),
	}, "owner", "reverse_path")
}
