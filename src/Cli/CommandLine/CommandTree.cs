using System.CommandLine;
using System.CommandLine.Completions;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Cli.CommandLine;

/// <summary>A verb with the symbols that its parameters became.</summary>
internal sealed record VerbCommand(Verb Verb, IReadOnlyList<ParameterSymbol> Symbols);

/// <summary>A parameter and the option or argument that it became.</summary>
internal sealed record ParameterSymbol(Parameter Parameter, Symbol Symbol);

/// <summary>The verbs as commands of System.CommandLine: a command for each word of a verb's path.</summary>
/// <remarks>Values stay text: <see cref="VerbCall"/> checks them in one place for every face. Help is written by <see cref="Help.HelpPage"/>.</remarks>
internal sealed class CommandTree
{
    private readonly Dictionary<Command, VerbCommand> verbs = [];

    /// <summary>Builds the tree.</summary>
    /// <param name="all">Every verb.</param>
    /// <param name="isCalled">Whether a first word is on the command line: the commands below the others are not built, which saves start-up time.</param>
    public CommandTree(IReadOnlyList<Verb> all, Func<string, bool> isCalled)
    {
        Root = new Command("lk");
        Root.Options.Add(HelpOption());
        foreach (var verb in all)
        {
            var words = verb.Path.Split(' ');
            var command = Child(Root, words[0], verb);
            if (!isCalled(words[0]))
                continue;
            foreach (var word in words.Skip(1))
                command = Child(command, word, verb);
            Fill(command, verb);
        }
    }

    public Command Root { get; }

    /// <summary>The verb that a command stands for; null for a group.</summary>
    public VerbCommand? VerbOf(Command command) => verbs.GetValueOrDefault(command);

    /// <summary>The words that call a command, without the program's name.</summary>
    public static string PathOf(Command command)
    {
        var words = new List<string>();
        for (var at = command; at.Parents.OfType<Command>().FirstOrDefault() is { } parent; at = parent)
            words.Insert(0, at.Name);
        return string.Join(' ', words);
    }

    private static Command Child(Command parent, string word, Verb verb)
    {
        var child = parent.Subcommands.FirstOrDefault(command => command.Name == word);
        if (child is null)
        {
            child = new Command(word) { Hidden = true };
            child.Options.Add(HelpOption());
            parent.Subcommands.Add(child);
        }

        // A group is hidden when all its verbs are.
        child.Hidden &= verb.Hidden;
        return child;
    }

    private void Fill(Command command, Verb verb)
    {
        command.Description = verb.Summary;
        // A command without an action could not be called by itself once it has others below it, as 'init' has 'init ci'.
        command.SetAction(_ => { });
        verbs[command] = new VerbCommand(verb, [.. verb.AllParameters.Select(parameter => new ParameterSymbol(parameter, Add(command, parameter)))]);
    }

    private static Symbol Add(Command command, Parameter parameter)
    {
        if (parameter.Positional)
        {
            // Required is checked with the values, so that the message is the same on every face.
            var argument = new Argument<string?>(parameter.Name) { Description = parameter.Help, Arity = ArgumentArity.ZeroOrOne };
            if (parameter.Choices.Count > 0)
                argument.CompletionSources.Add(_ => parameter.Choices.Select(choice => new CompletionItem(choice)));
            command.Arguments.Add(argument);
            return argument;
        }

        var option = new Option<string?>($"--{parameter.Name}")
        {
            Description = parameter.Help,
            Arity = parameter.Kind == ParameterKind.Flag ? ArgumentArity.Zero : ArgumentArity.ExactlyOne,
        };
        if (parameter.Choices.Count > 0)
            option.CompletionSources.Add(_ => parameter.Choices.Select(choice => new CompletionItem(choice)));
        command.Options.Add(option);
        return option;
    }

    private static Option<string?> HelpOption() => new("--help", "-h") { Arity = ArgumentArity.Zero, Description = "Show what it does and how it is called" };
}
