using System.Reflection;
using System.Text.RegularExpressions;
using Lockkeeper.Cli.Verbs;
using Lockkeeper.Engines.PostgreSql;
using Lockkeeper.Host;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate;
using Lockkeeper.Server;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Host;

public sealed partial class RegistryTests
{
    private static readonly Assembly[] Assemblies = [typeof(ErrorCode).Assembly, typeof(PostgreSqlErrors).Assembly, typeof(MigrateVerbs).Assembly, typeof(Registry).Assembly, typeof(ServerErrors).Assembly];
    private static readonly IReadOnlyList<Verb> Verbs = CliVerbs.With(Registry.Verbs);

    [Fact]
    public void every_error_code_that_is_declared_is_registered()
    {
        var declared = Assemblies.SelectMany(assembly => assembly.GetTypes())
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic).Where(field => field.FieldType == typeof(ErrorCode)))
            .Select(field => (Name: $"{field.DeclaringType!.Name}.{field.Name}", Code: (ErrorCode)field.GetValue(null)!));
        declared.Where(field => !CliVerbs.Errors.Contains(field.Code)).Select(field => field.Name).ShouldBeEmpty();
    }

    [Fact]
    public void no_error_number_is_used_twice() =>
        CliVerbs.Errors.GroupBy(code => code.Number).Where(group => group.Count() > 1).Select(group => group.Key).ShouldBeEmpty();

    [Fact]
    public void every_error_number_is_in_the_range_of_its_project()
    {
        foreach (var (assembly, from) in new[] { (Assemblies[0], 1000), (Assemblies[1], 2000), (Assemblies[2], 3000) })
        {
            var fields = assembly.GetTypes().SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)).Where(field => field.FieldType == typeof(ErrorCode));
            foreach (var field in fields)
                ((ErrorCode)field.GetValue(null)!).Number.ShouldBeInRange(from, from + 999, $"{field.DeclaringType!.Name}.{field.Name}");
        }
    }

    [Fact]
    public void every_meaning_of_an_error_is_a_sentence() =>
        CliVerbs.Errors.Where(code => !char.IsUpper(code.Meaning[0]) || !code.Meaning.EndsWith('.')).Select(code => code.Id).ShouldBeEmpty();

    [Fact]
    public void every_verb_says_what_it_does()
    {
        foreach (var verb in Verbs)
        {
            verb.Path.ShouldMatch("^[a-z]+(-[a-z]+)*( [a-z]+(-[a-z]+)*){0,2}$");
            verb.Summary.ShouldNotBeNullOrWhiteSpace(verb.Path);
            (char.IsLower(verb.Summary[0]) && !verb.Summary.EndsWith('.')).ShouldBeTrue($"the summary of {verb.Path} is a lower-case phrase");
            verb.ReportType().ShouldNotBeNull(verb.Path);
            if (!verb.Hidden)
                verb.Examples.ShouldNotBeEmpty($"{verb.Path} has an example");
        }
    }

    [Fact]
    public void every_parameter_says_what_it_is_for()
    {
        foreach (var (verb, parameter) in Verbs.SelectMany(verb => verb.Parameters.Select(parameter => (verb, parameter))))
        {
            var name = $"{verb.Path} {parameter.Name}";
            parameter.Name.ShouldMatch("^[a-z]+(-[a-z]+)*$", name);
            (parameter.Help.Length > 0 && char.IsUpper(parameter.Help[0]) && !parameter.Help.EndsWith('.')).ShouldBeTrue($"the help of {name} is a sentence without a full stop");
            (parameter.Kind == ParameterKind.Choice).ShouldBe(parameter.Choices.Count > 0, name);
            if (parameter.Kind == ParameterKind.Choice && parameter.Default is { } word)
                parameter.Choices.ShouldContain(word, name);
        }
    }

    [Fact]
    public void no_verb_and_no_parameter_is_declared_twice()
    {
        Verbs.GroupBy(verb => verb.Path).Where(group => group.Count() > 1).Select(group => group.Key).ShouldBeEmpty();
        foreach (var verb in Verbs)
            verb.AllParameters.GroupBy(parameter => parameter.Name).Where(group => group.Count() > 1).Select(group => group.Key).ShouldBeEmpty(verb.Path);
    }

    [Fact]
    public void every_example_is_a_line_that_lk_understands()
    {
        foreach (var example in Verbs.Where(verb => !verb.Hidden).SelectMany(verb => verb.Examples))
        {
            var line = Substitution().Match(example.CommandLine) is { Success: true } inner ? inner.Groups[1].Value : example.CommandLine;
            var typed = Quoted().Matches(line).Select(word => word.Value.Trim('\'', '"')).ToArray();
            var words = typed.SkipWhile(word => word is not ("lk" or "./lk")).Skip(1).TakeWhile(word => word is not ("|" or ">" or "&&")).ToArray();
            words.ShouldNotBeEmpty(example.CommandLine);
            Should.NotThrow(() => Lockkeeper.Cli.CommandLine.LineParser.Parse(Verbs, words), example.CommandLine);
        }
    }

    [GeneratedRegex(@"<\((.*)\)$")]
    private static partial Regex Substitution();

    [GeneratedRegex("""
        "[^"]*"|'[^']*'|\S+
        """)]
    private static partial Regex Quoted();
}
