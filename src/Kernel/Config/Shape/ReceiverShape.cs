using Lockkeeper.Kernel.Config.Shape.Clusters;

namespace Lockkeeper.Kernel.Config.Shape;

/// <summary>The keys of those who are told of alerts.</summary>
internal static class ReceiverShape
{
    private static readonly Key<string> Server = new("server", Values.Text, "The mail server.") { Required = true, Example = "smtp.example.org" };

    private static readonly Key<int> Port = new("port", Values.Integer(1, 65535), "Its port.") { Default = "587", Example = "25" };

    private static readonly Key<bool> Tls = new("tls", Values.Boolean, "Whether the connection must turn to TLS by STARTTLS before anything is sent.") { Default = "true", Example = "false" };

    private static readonly Key<string> From = new("from", Values.Text, "Whom it is from.") { Required = true, Example = "lockkeeper@example.org" };

    private static readonly Key<IReadOnlyList<string>> To = new("to", new ListShape<string>(Values.Text, "addresses", least: 1), "Whom it goes to.") { Required = true, Example = "[dba@example.org]" };

    private static readonly Key<string> User = new("user", Values.Text, "The user to sign in as; without it nobody signs in.") { Example = "lockkeeper" };

    private static readonly Key<string> Password = new("password", ClusterValues.Secret, "A reference to the password.") { Example = "\"${env:SMTP_PASSWORD}\"" };

    public static RecordShape<MailConfig> MailKeys { get; } = new(
        "mail", [Server, Port, Tls, From, To, User, Password],
        fields => new MailConfig
        {
            Server = fields.Get(Server),
            Port = fields.Get(Port),
            Tls = fields.Get(Tls),
            From = fields.Get(From),
            To = fields.Get(To),
            User = fields.GetOrNull(User),
            Password = fields.GetOrNull(Password),
        });

    private static readonly Key<string> Name = new("name", Values.Name, "What it is called in the log and in exported files.") { Required = true, Example = "oncall" };

    private static readonly Key<string> Severity = new("severity", Values.Choice<string>(["warning", "critical"], ["warning", "critical"]), "The least severity that it is told of.") { Default = "warning", Example = "critical" };

    private static readonly Key<string> Webhook = new("webhook", Values.Secretive, "An address that takes the JSON of Alertmanager's webhook.") { Example = "\"${env:ONCALL_URL}\"" };

    private static readonly Key<string> Slack = new("slack", Values.Secretive, "An incoming webhook of Slack, or of a service that takes the same JSON.") { Example = "\"${file:/run/secrets/slack_url}\"" };

    private static readonly Key<MailConfig> Mail = new("mail", MailKeys, "A mail server and addresses.") { Example = "{ server: smtp.example.org, from: lk@example.org, to: [dba@example.org] }" };

    private static readonly Key<string> Command = new("command", Values.Text, "A command, run by sh in the folder of lockkeeper.yaml; it reads the JSON of Alertmanager's webhook from standard input.") { Example = "./page.sh" };

    public static RecordShape<ReceiverConfig> Shape { get; } = new(
        "a receiver", [Name, Severity, Webhook, Slack, Mail, Command],
        fields => new ReceiverConfig
        {
            Name = fields.Get(Name),
            Severity = fields.Get(Severity),
            Webhook = fields.GetOrNull(Webhook),
            Slack = fields.GetOrNull(Slack),
            Mail = fields.GetOrNull(Mail),
            Command = fields.GetOrNull(Command),
        })
    {
        Check = receiver => new object?[] { receiver.Webhook, receiver.Slack, receiver.Mail, receiver.Command }.Count(way => way is not null) == 1
            ? null
            : new Mistake("a receiver is told in one way", "Write one of webhook, slack, mail or command, and another receiver for another way."),
    };
}
