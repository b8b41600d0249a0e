package main

import (
	"encoding/xml"
	"io"
	"path/filepath"

	"maillint/report"
)

// junitSuite is the part of JUnit's XML that CI systems read.
type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	Failure *junitFailure `xml:"failure"`
}

// junitFailure is one a case, as JUnit has it: the first problem is its
// message, all of them its text.
type junitFailure struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

func junitCases(w io.Writer, list []tested, _ bool) error {
	suite := junitSuite{Name: "maillint test", Tests: len(list), Failures: failures(list)}
	for _, t := range list {
		c := junitCase{Name: report.Escape(t.name), Class: "maillint.test"}
		for _, p := range t.result.Problems {
			text := report.Escape(filepath.Join(t.folder, p.File) + ": " + p.Text)
			if c.Failure == nil {
				c.Failure = &junitFailure{Message: text}
			}
			c.Failure.Text += text + "\n"
		}
		suite.Cases = append(suite.Cases, c)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(suite); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
