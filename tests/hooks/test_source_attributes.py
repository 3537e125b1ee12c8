"""What the law wants shown of the source is served, complete, and linked from discovery."""

from flask.testing import FlaskClient

SERVICE = "level-of-care-patient-view"
ADDRESS = f"/cds-services/{SERVICE}/source-attributes"
THIRTEEN = [
    *("bibliographic-citation", "developer", "funding", "release-and-revision"),
    *("race", "ethnicity", "language", "sexual-orientation", "gender-identity", "sex"),
    *("date-of-birth", "social-determinants", "health-status-assessments"),
]


def test_the_thirteen_attributes_are_served_in_the_order_of_the_rule(client: FlaskClient) -> None:
    answer = client.get(ADDRESS).get_json()
    assert [one["id"] for one in answer["attributes"]] == THIRTEEN
    assert all(one["title"] and one["value"] for one in answer["attributes"])


def test_use_of_each_patient_element_is_said_as_yes_or_no(client: FlaskClient) -> None:
    elements = client.get(ADDRESS).get_json()["attributes"][4:]
    used = {one["id"] for one in elements if one["used"] is True}
    assert used == {"sex", "date-of-birth", "social-determinants", "health-status-assessments"}
    assert all(isinstance(one["used"], bool) for one in elements)


def test_discovery_links_them(client: FlaskClient) -> None:
    service = client.get("/cds-services").get_json()["services"][0]
    assert service["usageRequirements"].endswith(ADDRESS)


def test_an_unknown_service_has_none(client: FlaskClient) -> None:
    assert client.get("/cds-services/nobody/source-attributes").status_code == 404
