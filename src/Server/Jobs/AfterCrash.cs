namespace Lockkeeper.Server.Jobs;

/// <summary>What becomes of a job whose server died: verbs that finish what they had begun when they are called again are called again, others are reported.</summary>
internal static class AfterCrash
{
    /// <summary>So often a job is begun; one that has taken three servers with it is not given to a fourth.</summary>
    public const int MostAttempts = 3;

    /// <summary>Each with the reason why a second call does no harm.</summary>
    private static readonly Dictionary<string, string> again = new(StringComparer.Ordinal)
    {
        ["migrate apply"] = Continues, ["migrate promote"] = Continues, ["migrate resume"] = Continues,
        ["migrate prove"] = "works on a throw-away server of its own",
        ["provision apply"] = "compares anew and does what is left",
        ["backup take"] = "an unfinished set is no set; the program goes on with its files",
        ["backup drill"] = "what a killed drill has left is cleared by the next",
        ["backup verify"] = Looks, ["backup check"] = Looks, ["backup alerts"] = Looks, ["backup document"] = Looks, ["doctor"] = Looks,
        ["backup expire"] = "removes what policy no longer keeps, which is the same again",
    };

    /// <summary>Each with the reason why a person decides.</summary>
    private static readonly Dictionary<string, string> reported = new(StringComparer.Ordinal)
    {
        ["migrate rollback"] = "another call would go one step further back",
        ["migrate repair"] = Person, ["migrate baseline"] = Person, ["migrate adopt"] = Person,
        ["provision destroy"] = "what is destroyed is decided by a person, each time",
        ["backup restore"] = "what stands in its way now may be what it has made",
        ["observe alerts silence"] = "a second silence would stand beside the first",
        ["observe alerts test"] = "people would be told twice",
        ["review"] = "its comment may stand there already",
        ["approve"] = "an approval is a person's",
        ["proposal run"] = "what it carries out is looked at anew by a person", ["proposal refuse"] = Person,
    };

    private const string Continues = "finishes what was begun, by the target's own history and under its lease, and then applies the rest";
    private const string Looks = "only looks";
    private const string Person = "writes down what a person has decided";

    /// <summary>Whether a verb of which nobody has decided is known; a test asks.</summary>
    public static bool Knows(string verb) => again.ContainsKey(verb) || reported.ContainsKey(verb);

    /// <summary>Whether a job is begun again.</summary>
    /// <param name="job">The job.</param>
    /// <param name="reads">Whether its verb only reads.</param>
    public static bool BeginsAgain(Job job, bool reads) => job.Attempt < MostAttempts && (job.StartedAt is null || reads || again.ContainsKey(job.Verb));
}
