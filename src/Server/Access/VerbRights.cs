using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Server.Access;

/// <summary>Which verbs the server offers, and to whom. What does not stand here is not offered: a new verb is closed until somebody has decided.</summary>
internal static class VerbRights
{
    private static readonly Dictionary<string, Role> offered = new(StringComparer.Ordinal)
    {
        ["migrate status"] = Role.Viewer,
        ["migrate show"] = Role.Viewer,
        ["migrate plan"] = Role.Viewer,
        ["migrate verify"] = Role.Viewer,
        ["migrate forecast-error"] = Role.Viewer,
        ["migrate lint"] = Role.Developer,
        ["migrate prove"] = Role.Developer,
        ["migrate apply"] = Role.Dba,
        ["migrate promote"] = Role.Dba,
        ["migrate rollback"] = Role.Dba,
        ["migrate resume"] = Role.Dba,
        ["migrate repair"] = Role.Dba,
        ["migrate baseline"] = Role.Dba,
        ["migrate adopt"] = Role.Dba,
        ["provision plan"] = Role.Viewer,
        ["provision drift"] = Role.Viewer,
        ["provision inventory"] = Role.Viewer,
        ["provision apply"] = Role.Dba,
        ["provision destroy"] = Role.Dba,
        ["backup list"] = Role.Viewer,
        ["backup estimate"] = Role.Viewer,
        ["backup check"] = Role.Operator,
        ["backup verify"] = Role.Operator,
        ["backup alerts"] = Role.Operator,
        ["backup take"] = Role.Operator,
        ["backup drill"] = Role.Operator,
        ["backup document"] = Role.Viewer,
        ["backup restore"] = Role.Dba,
        ["backup expire"] = Role.Dba,
        ["observe fleet"] = Role.Viewer,
        ["observe metrics"] = Role.Viewer,
        ["observe alerts list"] = Role.Viewer,
        ["observe alerts rules"] = Role.Viewer,
        ["observe alerts silence"] = Role.Operator,
        ["observe alerts test"] = Role.Operator,
        ["observe runbook"] = Role.Viewer,
        ["observe regressions"] = Role.Viewer,
        ["observe anomalies"] = Role.Viewer,
        ["observe targets"] = Role.Viewer,
        ["observe history"] = Role.Viewer,
        ["observe inspect"] = Role.Viewer,
        ["observe statement"] = Role.Viewer,
        ["approve"] = Role.Operator,
        ["proposal list"] = Role.Viewer,
        ["proposal show"] = Role.Viewer,
        ["proposal run"] = Role.Operator,
        ["proposal refuse"] = Role.Operator,
        ["review"] = Role.Developer,
        ["ledger show"] = Role.Viewer,
        ["ledger verify"] = Role.Viewer,
        ["doctor"] = Role.Operator,
    };

    /// <summary>Verbs of the command line only, each with the reason.</summary>
    public static IReadOnlyDictionary<string, string> OnlyHere { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["init"] = Writes, ["init ci"] = Writes, ["schema"] = Writes, ["migrate new"] = Writes, ["migrate expand"] = Writes, ["migrate fix"] = Writes, ["migrate squash"] = Writes,
        ["provision adopt"] = Writes, ["provision render"] = Writes, ["provision export"] = Writes, ["observe alerts export"] = Writes, ["observe dashboards export"] = Writes,
        ["backup dump"] = Writes, ["backup load"] = "reads a folder of the machine that it runs on",
        ["migrate backfill"] = "takes SQL that no review has seen",
        ["observe serve"] = Stays, ["observe top"] = Stays, ["backup beacon"] = Stays, ["serve"] = Stays, ["mcp"] = Stays,
        ["sandbox up"] = Throwaway, ["sandbox run"] = Throwaway, ["sandbox down"] = Throwaway, ["sandbox list"] = Throwaway,
        ["completion"] = "is about the shell", ["reference"] = "is about this project's own pages",
    };

    private const string Writes = "writes files into the project, which belong into a review";
    private const string Stays = "runs until it is stopped";
    private const string Throwaway = "is about servers of the person's own machine";

    /// <summary>Values with these names are files, programs or addresses as the machine sees them that the verb runs on: nobody names them from outside.</summary>
    private static readonly HashSet<string> notFromOutside = new(StringComparer.Ordinal) { "FILE", "FOLDER", "PATH", "COMMAND", "URL", "REFERENCE", "SQL", "GITREF" };

    /// <summary>Whether the server offers a verb.</summary>
    public static bool Offers(Verb verb) => offered.ContainsKey(verb.Path);

    /// <summary>The parameters that may be given from outside.</summary>
    public static IEnumerable<Parameter> ParametersOf(Verb verb) =>
        verb.AllParameters.Where(parameter => !notFromOutside.Contains(parameter.ValueName ?? "") && parameter.Name != StandardParameters.Json.Name);

    /// <summary>The role that a call takes. A dry run shows what would be done, which is a developer's business.</summary>
    /// <param name="verb">The verb; it is offered.</param>
    /// <param name="values">The values given.</param>
    public static Role RoleOf(Verb verb, IReadOnlyDictionary<string, string> values)
    {
        var role = offered[verb.Path];
        var isDry = verb.HasDryRun && values.GetValueOrDefault(StandardParameters.DryRun.Name) == "true";
        return isDry && role > Role.Developer ? Role.Developer : role;
    }

    /// <summary>The least role with which some call of it is allowed.</summary>
    public static Role LeastRoleOf(Verb verb) => verb.HasDryRun && offered[verb.Path] > Role.Developer ? Role.Developer : offered[verb.Path];

    /// <summary>Refuses a call that the caller may not make. One that names no environment concerns all of them.</summary>
    /// <param name="caller">Who calls.</param>
    /// <param name="verb">The verb; it is offered.</param>
    /// <param name="values">The values given.</param>
    /// <exception cref="Kernel.Errors.LockkeeperException">They may not (LK7001).</exception>
    public static void Require(Caller caller, Verb verb, IReadOnlyDictionary<string, string> values)
    {
        var (environment, database) = PlaceOf(verb, values);
        caller.Require(RoleOf(verb, values), environment, database);
    }

    /// <summary>Whether the caller may make a call.</summary>
    /// <param name="caller">Who would call.</param>
    /// <param name="verb">The verb; it is offered.</param>
    /// <param name="values">The values given.</param>
    public static bool Allows(Caller caller, Verb verb, IReadOnlyDictionary<string, string> values)
    {
        var (environment, database) = PlaceOf(verb, values);
        return caller.May(RoleOf(verb, values), environment, database);
    }

    /// <summary>The names of all verbs that are offered.</summary>
    public static IEnumerable<string> Offered => offered.Keys;

    /// <summary>A verb without such a parameter has no place: whatever it does, it does everywhere.</summary>
    private static (string? Environment, string? Database) PlaceOf(Verb verb, IReadOnlyDictionary<string, string> values)
    {
        // A promotion names where to.
        return (Given(verb.Path == "migrate promote" ? "to" : StandardParameters.Environment.Name), Given(StandardParameters.Database.Name));

        string? Given(string place) => verb.Parameters.Any(own => own.Name == place) ? values.GetValueOrDefault(place) : null;
    }
}
